import { html, type Html } from './html.js';

const relative = new Intl.RelativeTimeFormat('en');
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** For example "3 minutes ago". */
export function timeAgo(instantMs: number): Html {
  const passedMs = Date.now() - instantMs;
  const [unit, unitMs] = UNITS.find(([, lengthMs]) => passedMs >= lengthMs) ?? [];
  const text = unit ? relative.format(-Math.floor(passedMs / unitMs), unit) : 'just now';
  return html`<time datetime="${new Date(instantMs).toISOString()}">${text}</time>`;
}
