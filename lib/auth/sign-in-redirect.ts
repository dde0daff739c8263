import { type ExecutionContext, HttpException, HttpStatus } from '@nestjs/common';
import { type AdapterRequest, exchangeOf, rawRequest } from '../nest/session-context.js';
import { safeNext } from './safe-next.js';

/**
 * The answer that leads to the page for signing in, with the way back where there is one; undefined for what asks for
 * no page. Adapters and filters know no exception that redirects, so the header is set here and the status is thrown.
 *
 * @internal
 */
export function redirectToSignIn(
  context: ExecutionContext,
  signInPage: string,
): HttpException | undefined {
  if (context.getType() !== 'http') return undefined;
  const { request, response } = exchangeOf(context) ?? {};
  if (!request || !response || !asksForPage(request)) return undefined;
  response.setHeader('Location', withNext(signInPage, pageAsked(request)));
  return new HttpException('Sign in first.', HttpStatus.SEE_OTHER);
}

function asksForPage(request: AdapterRequest): boolean {
  return /\btext\/html\b/i.test(rawRequest(request).headers.accept ?? '');
}

/** The page to come back to: what a form was sent to is none. */
function pageAsked(request: AdapterRequest & { readonly originalUrl?: string }): string {
  const { method, url } = rawRequest(request);
  return method === 'GET' ? safeNext(request.originalUrl ?? url, '') : '';
}

function withNext(signInPage: string, next: string): string {
  if (next === '') return signInPage;
  const separator = signInPage.includes('?') ? '&' : '?';
  return `${signInPage}${separator}next=${encodeURIComponent(next)}`;
}
