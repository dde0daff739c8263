import { csrfToken } from 'nestjs-sessions/auth';
import { cart, countOf } from '../shop/cart.js';
import { form } from './form.js';
import { html, type Html } from './html.js';
import type { Visitor } from './visit.js';

export interface Page {
  /** Where it stands in the navigation. */
  readonly at: string;
  readonly title: string;
  readonly main: Html;
}

/** A whole page, with what its visitor is to be told once. */
export async function renderPage(visitor: Visitor, { at, title, main }: Page): Promise<string> {
  const notices = await visitor.session.flashed('notice');
  return documentOf(
    title,
    html`${await navigation(visitor, at)}
      <main id="main" tabindex="-1">
        ${notices.map((notice) => html`<p class="notice" role="status">${notice}</p>`)} ${main}
      </main>`,
  );
}

/** A page that asks nothing of the session, and so is the same for everybody. */
export function renderBarePage(title: string, main: Html): string {
  return documentOf(
    title,
    html`<header><a class="brand" href="/">Tea shop</a></header>
      <main id="main" tabindex="-1">${main}</main>`,
  );
}

async function navigation({ session, user }: Visitor, at: string): Promise<Html> {
  const link = (href: string, text: string) =>
    html`<a href="${href}" ${href === at && html`aria-current="page"`}>${text}</a>`;
  const forGuests = html`${link('/sign-in', 'Sign in')} ${link('/sign-up', 'Sign up')}`;
  const forUsers = async () =>
    html`${link('/devices', 'Devices')} ${link('/password', 'Password')}
    ${form('/sign-out', await csrfToken(session), html`<button class="plain">Sign out</button>`)}`;
  return html`<header>
    <a class="brand" href="/">Tea shop</a>
    <nav aria-label="Main">
      ${link('/', 'Teas')} ${link('/cart', `Cart (${countOf(await cart.get(session))})`)}
      ${user ? await forUsers() : forGuests}
    </nav>
  </header>`;
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
        <a class="skip" href="#main">Skip to the content</a>
        ${body}
      </body>
    </html>`.markup;
}
