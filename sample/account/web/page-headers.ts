import type { NextFunction, Request, Response } from 'express';

/**
 * Each page is rendered for one visitor. `no-store` keeps it out of caches, so the back button cannot bring it back
 * after a sign-out. The policy blocks scripts, and forms that submit to other sites.
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
