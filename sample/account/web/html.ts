/** Escaped markup, as `html` makes it. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Content = Html | string | number | false | undefined | readonly Content[];

/** Markup in which each value is escaped, unless it is markup itself. Attributes need their quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(markupOf)));
}

function markupOf(content: Content): string {
  if (content instanceof Html) return content.markup;
  if (content === undefined || content === false) return '';
  if (typeof content === 'object') return content.map(markupOf).join('');
  return String(content).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
