import { Controller, Get } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { csrfToken, CurrentUser } from 'nestjs-sessions/auth';
import type { User } from '../users/user.entity.js';
import { form } from '../web/form.js';
import { html, type Html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import { Public } from '../web/private-by-default.guard.js';
import type { VisitData } from '../web/visit.js';
import { priceOf, type Tea, TEAS } from './teas.js';

@Controller()
@Public()
export class ShopController {
  @Get()
  async show(@Session() session: Session<VisitData>, @CurrentUser() user: User | undefined) {
    const token = await csrfToken(session);
    const main = html`<h1>Teas</h1>
      <ul class="teas">
        ${TEAS.map((tea) => card(tea, token))}
      </ul>`;
    return renderPage({ session, user }, { at: '/', title: 'Teas', main });
  }
}

function card(tea: Tea, token: string): Html {
  return html`<li class="card">
    ${cup(tea)}
    <h2>${tea.name}</h2>
    <p class="hint">${tea.about}</p>
    <p class="price">${priceOf(tea.cents)}</p>
    ${form(
      '/cart',
      token,
      html`<button name="tea" value="${tea.id}">
        Add<span class="unseen"> ${tea.name}</span> to cart
      </button>`,
    )}
  </li>`;
}

/** A cup from above. */
function cup({ colour }: Tea): Html {
  return html`<svg class="cup" viewBox="0 0 64 64" aria-hidden="true">
    <circle class="saucer" cx="32" cy="32" r="31" />
    <circle class="china" cx="32" cy="32" r="22" />
    <circle fill="${colour}" cx="32" cy="32" r="18" />
  </svg>`;
}
