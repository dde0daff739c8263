import { type ExecutionContext, HttpException, HttpStatus } from '@nestjs/common';
import { type AdapterRequest, exchangeOf, rawRequest } from '../nest/session-context.js';
import { safeRedirectPath } from './safe-redirect-path.js';

/**
 * The exception that redirects to the sign-in page, with the requested page as `next` if possible; undefined if the
 * request is not for a page. Nest has no redirecting exception, so the `Location` header is set here.
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

/** The page to return to; empty for other methods than GET, since the target of a form need not be a page. */
function pageAsked(request: AdapterRequest & { readonly originalUrl?: string }): string {
  const { method, url } = rawRequest(request);
  return method === 'GET' ? safeRedirectPath(request.originalUrl ?? url, '') : '';
}

function withNext(signInPage: string, next: string): string {
  if (next === '') return signInPage;
  const separator = signInPage.includes('?') ? '&' : '?';
  return `${signInPage}${separator}next=${encodeURIComponent(next)}`;
}
