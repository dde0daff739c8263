import { csrfToken } from 'nestjs-sessions/auth';
import { field, type FieldErrors, form } from '../web/form.js';
import { html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import type { Visitor } from '../web/visit.js';

export interface SignInAttempt {
  /** The path to go to after signing in. */
  readonly next: string;
  readonly name?: string;
  /** Whether the visitor was redirected here from another page. */
  readonly wasSent?: boolean;
  readonly errors?: FieldErrors;
}

export async function signInPage(visitor: Visitor, attempt: SignInAttempt): Promise<string> {
  const { next, name = '', wasSent, errors = {} } = attempt;
  const token = await csrfToken(visitor.session);
  const main = html`<h1>Sign in</h1>
    ${wasSent && html`<p class="notice" role="status">${SIGN_IN_FIRST}</p>`}
    ${form(
      '/sign-in',
      token,
      html`<input type="hidden" name="next" value="${next}" />
        ${field({ name: 'name', label: 'Name', autocomplete: 'username', value: name, error: errors['name'] })}
        ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', error: errors['password'] })}
        <button>Sign in</button>`,
    )}
    <p>New here? <a href="/sign-up">Sign up</a></p>`;
  return renderPage(visitor, { at: '/sign-in', title: 'Sign in', main });
}

const SIGN_IN_FIRST =
  'Please sign in to continue. You are not signed in on this device, or your session has ended.';
