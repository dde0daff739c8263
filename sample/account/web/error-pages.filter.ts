import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { Sessions } from 'nestjs-sessions';
import { html } from './html.js';
import { renderErrorPage } from './page.js';
import type { VisitData } from './visit.js';

const TEXTS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  403: [
    'This page has expired',
    'Nothing was changed. You may have signed in or out since you opened the page. Please open it again.',
  ],
  404: ['Page not found', 'The address may be mistyped, or the page no longer exists.'],
};

/**
 * Answers with a page. It reads the session and writes nothing to it: a request from another site comes without the
 * cookie, and a new session would replace the visitor's own.
 */
@Catch(HttpException)
export class ErrorPages implements ExceptionFilter<HttpException> {
  constructor(private readonly sessions: Sessions) {}

  async catch(exception: HttpException, host: ArgumentsHost): Promise<void> {
    const response = host.switchToHttp().getResponse<Response>();
    const status = exception.getStatus();
    const [title, text] = TEXTS[status] ?? ['Something went wrong', 'Nothing was changed.'];
    const main = html`<h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">Back to the shop</a></p>`;
    try {
      const page = await renderErrorPage(this.sessions.of<VisitData>(host), title, main);
      response.status(status).send(page);
    } catch {
      // Nest does not await a filter, so a store that fails here must not reject.
      response.status(status).send(title);
    }
  }
}
