import { storeKeyOf } from '../../lib/core/record/session-id.js';
import type { SearchRequest } from './search-request.js';
import { SEED_ID } from './seed.js';

/** The browser that all requests of a scenario come from. */
export class Browser {
  cookie: string | undefined = SEED_ID;
  user: string | undefined = 'ann';

  /** The id that a request presents, if it starts now. */
  idFor({ plan }: SearchRequest): string | undefined {
    return plan.presents === 'cookie' ? this.cookie : SEED_ID;
  }

  /** Who made a request, as far as its id tells. */
  userOf({ plan }: SearchRequest): string | undefined {
    return plan.presents === 'cookie' ? this.user : 'ann';
  }

  /** Of the record that a request loads first, if it starts now. */
  keyFor(request: SearchRequest): string | undefined {
    const id = this.idFor(request);
    return id && storeKeyOf(id);
  }

  /** Takes the cookie of an answer that arrives. */
  receive({ cookie, plan, hasLeft, book }: SearchRequest): void {
    if (!plan.isDelivered || hasLeft || cookie === undefined) return;
    this.cookie = cookie === '' ? undefined : cookie;
    if (cookie === '') this.user = undefined;
    else if (book.signedIn !== undefined) this.user = book.signedIn;
  }
}
