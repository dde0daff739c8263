import { BadRequestException, Body, Controller, Get, Post, Redirect } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { csrfToken, CurrentUser } from 'nestjs-sessions/auth';
import type { User } from '../users/user.entity.js';
import { form } from '../web/form.js';
import { html, type Html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import { Public } from '../web/private-by-default.guard.js';
import type { VisitData } from '../web/visit.js';
import { type Cart, cart, linesOf, without, withOneMore } from './cart.js';
import { priceOf, type Tea, TEAS } from './teas.js';

@Controller('cart')
@Public()
export class CartController {
  @Get()
  async show(@Session() session: Session<VisitData>, @CurrentUser() user: User | undefined) {
    const main = html`<h1>Your cart</h1>
      ${table(await cart.get(session), await csrfToken(session))}`;
    return renderPage({ session, user }, { at: '/cart', title: 'Your cart', main });
  }

  /** Concurrent requests add up, since `update` is atomic. */
  @Post()
  @Redirect('/', 303)
  async add(@Session() session: Session<VisitData>, @Body('tea') id: unknown) {
    const tea = teaCalled(id);
    await cart.update(session, (items) => withOneMore(items, tea.id));
    session.flash('notice', `${tea.name} has been added to your cart.`);
  }

  @Post('remove')
  @Redirect('/cart', 303)
  async remove(@Session() session: Session<VisitData>, @Body('tea') id: unknown) {
    const tea = teaCalled(id);
    await cart.update(session, (items) => without(items, tea.id));
    session.flash('notice', `${tea.name} has been removed from your cart.`);
  }
}

function teaCalled(id: unknown): Tea {
  const tea = TEAS.find((each) => each.id === id);
  if (!tea) throw new BadRequestException();
  return tea;
}

function table(items: Cart | undefined, token: string): Html {
  const lines = linesOf(items);
  if (lines.length === 0) return html`<p>Your cart is empty. <a href="/">Browse our teas</a></p>`;
  const total = lines.reduce((sum, { tea, count }) => sum + tea.cents * count, 0);
  return html`<ul class="rows">
      ${lines.map(
        ({ tea, count }) =>
          html`<li class="card row">
            <div>
              <h2>${tea.name}</h2>
              <p class="hint">${count} × ${priceOf(tea.cents)}</p>
            </div>
            <p class="price">${priceOf(tea.cents * count)}</p>
            ${removal(tea, token)}
          </li>`,
      )}
    </ul>
    <p class="total">Total <strong>${priceOf(total)}</strong></p>
    <p><a href="/">Continue shopping</a></p>`;
}

function removal(tea: Tea, token: string): Html {
  const button = html`<button class="quiet" name="tea" value="${tea.id}">
    Remove<span class="unseen"> ${tea.name}</span>
  </button>`;
  return form('/cart/remove', token, button);
}
