import type { NextFunction, Request, Response } from 'express';

/**
 * Pages are made for one visitor at one time. `no-store` keeps them out of caches, and so from whoever presses the back
 * button after a sign-out; the policy lets no script run and no form be sent elsewhere.
 */
const HEADERS = new Map([
  ['Cache-Control', 'no-store'],
  [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Referrer-Policy', 'same-origin'],
  ['X-Content-Type-Options', 'nosniff'],
]);

export function pageHeaders(_: Request, response: Response, next: NextFunction): void {
  response.setHeaders(HEADERS);
  next();
}
