import { csrfToken } from 'nestjs-sessions/auth';
import { field, type FieldErrors, form } from '../web/form.js';
import { html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import type { Visitor } from '../web/visit.js';
import { NEW_PASSWORD_HINT } from './credentials.js';

export interface SignUpAttempt {
  readonly name?: string;
  readonly errors?: FieldErrors;
}

export async function signUpPage(
  visitor: Visitor,
  { name = '', errors = {} }: SignUpAttempt = {},
): Promise<string> {
  const main = html`<h1>Sign up</h1>
    ${form(
      '/sign-up',
      await csrfToken(visitor.session),
      html`${field({
          name: 'name',
          label: 'Name',
          autocomplete: 'username',
          value: name,
          error: errors['name'],
        })}
        ${field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'new-password',
          hint: NEW_PASSWORD_HINT,
          error: errors['password'],
        })} <button>Sign up</button>`,
    )}
    <p>Already have an account? <a href="/sign-in">Sign in</a></p>`;
  return renderPage(visitor, { at: '/sign-up', title: 'Sign up', main });
}
