import type { Session } from 'nestjs-sessions';
import { csrfToken } from 'nestjs-sessions/auth';
import { cart, countOf } from '../shop/cart.js';
import { form } from './form.js';
import { html, type Html } from './html.js';
import type { VisitData, Visitor } from './visit.js';

export interface Page {
  /** The path of its link in the navigation. */
  readonly at: string;
  readonly title: string;
  readonly main: Html;
}

/** A whole page, with the notices of the previous request. */
export async function renderPage(visitor: Visitor, { at, title, main }: Page): Promise<string> {
  const notices = await visitor.session.takeFlash('notice');
  return documentOf(
    title,
    html`${await navigation(visitor, at)}
      <main id="main" tabindex="-1">
        ${notices.map((notice) => html`<p class="notice" role="status">${notice}</p>`)} ${main}
      </main>`,
  );
}

/** A page that only reads the session. It has no button to sign out, whose form would need a token. */
export async function renderErrorPage(
  session: Session<VisitData>,
  title: string,
  main: Html,
): Promise<string> {
  const { userId } = await session.load();
  const links = userId === undefined ? guestLinks('') : userLinks('');
  const count = countOf(await cart.get(session));
  return documentOf(
    title,
    html`${header('', count, links)}
      <main id="main" tabindex="-1">${main}</main>`,
  );
}

async function navigation({ session, user }: Visitor, at: string): Promise<Html> {
  const count = countOf(await cart.get(session));
  if (!user) return header(at, count, guestLinks(at));
  const button = html`<button class="plain">Sign out</button>`;
  const signOut = form('/sign-out', await csrfToken(session), button);
  return header(at, count, html`${userLinks(at)} ${signOut}`);
}

function header(at: string, count: number, more: Html): Html {
  return html`<header>
    <a class="brand" href="/">Tea shop</a>
    <nav aria-label="Main">
      ${link(at, '/', 'Teas')} ${link(at, '/cart', `Cart (${count})`)} ${more}
    </nav>
  </header>`;
}

function guestLinks(at: string): Html {
  return html`${link(at, '/sign-in', 'Sign in')} ${link(at, '/sign-up', 'Sign up')}`;
}

function userLinks(at: string): Html {
  return html`${link(at, '/devices', 'Devices')} ${link(at, '/password', 'Password')}`;
}

function link(at: string, href: string, text: string): Html {
  return html`<a href="${href}" ${href === at && html`aria-current="page"`}>${text}</a>`;
}

function documentOf(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} – Tea shop</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${body}
      </body>
    </html>`.markup;
}
