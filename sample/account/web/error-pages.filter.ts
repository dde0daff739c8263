import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { html } from './html.js';
import { renderBarePage } from './page.js';

const TEXTS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  403: [
    'This form is out of date',
    'Nothing was changed. You may have signed in or out since the page was opened: open it again.',
  ],
  404: ['There is no such page', 'The address may be mistyped, or the page is gone.'],
};

/**
 * Answers with a page. It leaves the session alone: what another site had the browser send comes without a cookie, and a
 * new session for it would take the place of the visitor's own.
 */
@Catch(HttpException)
export class ErrorPages implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const status = exception.getStatus();
    const [title, text] = TEXTS[status] ?? ['That did not work', 'Nothing was changed.'];
    const main = html`<h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">To the teas</a></p>`;
    host.switchToHttp().getResponse<Response>().status(status).send(renderBarePage(title, main));
  }
}
