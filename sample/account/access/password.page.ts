import { csrfToken } from 'nestjs-sessions/auth';
import { field, type FieldErrors, form } from '../web/form.js';
import { html, type Html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import type { Visitor } from '../web/visit.js';
import { NEW_PASSWORD_HINT } from './credentials.js';

export async function passwordPage(visitor: Visitor, errors: FieldErrors = {}): Promise<string> {
  const main = html`<h1>Change your password</h1>
    <p>This signs out all your other devices.</p>
    ${form(
      '/password',
      await csrfToken(visitor.session),
      html`${userName(visitor)}
        ${field({
          name: 'current',
          label: 'Current password',
          type: 'password',
          autocomplete: 'current-password',
          error: errors['current'],
        })}
        ${field({
          name: 'next',
          label: 'New password',
          type: 'password',
          autocomplete: 'new-password',
          hint: NEW_PASSWORD_HINT,
          error: errors['next'],
        })} <button>Change password</button>`,
    )}`;
  return renderPage(visitor, { at: '/password', title: 'Change your password', main });
}

/** Not displayed: it lets a password manager update the right entry. */
function userName({ user }: Visitor): Html {
  return html`<input
    type="text"
    name="name"
    value="${user?.name}"
    autocomplete="username"
    hidden
  />`;
}
