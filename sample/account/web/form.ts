import type { z } from 'zod';
import { html, type Html } from './html.js';

/** The errors of a form, by field name. */
export type FieldErrors = Readonly<Record<string, string>>;

export type ReadForm<Values> =
  | { readonly values: Values; readonly errors?: never }
  | { readonly values?: never; readonly errors: FieldErrors };

/** Validates the untrusted body of a form. */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): ReadForm<z.output<Schema>> {
  const { data, error } = schema.safeParse(body ?? {});
  if (!error) return { values: data };
  const errors = error.issues.map(({ path, message }) => [path.join('.'), message] as const);
  return { errors: Object.fromEntries(errors.reverse()) };
}

/** A submitted text, for rendering the form again with it. */
export function sentText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A form with the token that `CsrfGuard` requires. */
export function form(action: string, token: string, content: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="_csrf" value="${token}" />
    ${content}
  </form>`;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: 'username' | 'current-password' | 'new-password';
  readonly value?: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

/** A labelled input, linked to its hint and its error for screen readers. */
export function field({ name, label, type = 'text', autocomplete, ...more }: Field): Html {
  const { value = '', hint, error } = more;
  const describedBy = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${error && html`<p class="error" id="${name}-error">${error}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      required
      ${describedBy && html`aria-describedby="${describedBy}"`}
      ${error && html`aria-invalid="true" autofocus`}
    />
  </div>`;
}
