import type { UserSession } from 'nestjs-sessions';
import { csrfToken } from 'nestjs-sessions/auth';
import { form } from '../web/form.js';
import { html, type Html } from '../web/html.js';
import { renderPage } from '../web/page.js';
import { timeAgo } from '../web/time-ago.js';
import type { VisitData, Visitor } from '../web/visit.js';

type SignedInDevice = UserSession<VisitData>;

/** Lists this device first, then the others, latest sign-in first. */
export async function devicesPage(
  visitor: Visitor,
  devices: readonly SignedInDevice[],
): Promise<string> {
  const token = await csrfToken(visitor.session);
  const others = devices.filter(({ isCurrent }) => !isCurrent).toReversed();
  const main = html`<h1>Your devices</h1>
    <p>
      You are signed in on these devices. If you do not recognise one, sign it out and change your
      password.
    </p>
    <ul class="rows">
      ${devices.filter(({ isCurrent }) => isCurrent).map((device) => row(device, CURRENT))}
      ${others.map((device) => row(device, signOutOf(device, token)))}
    </ul>
    ${others.length > 0 && form('/devices/sign-out-others', token, SIGN_OUT_OTHERS)}`;
  return renderPage(visitor, { at: '/devices', title: 'Your devices', main });
}

const CURRENT = html`<p class="badge">This device</p>`;
const SIGN_OUT_OTHERS = html`<button class="danger">Sign out all other devices</button>`;

function row({ data, signedInAt, lastSeenAt }: SignedInDevice, aside: Html): Html {
  const { name, address } = data.device ?? UNKNOWN;
  return html`<li class="card row">
    <div>
      <h2>${name}</h2>
      <p class="hint">
        ${address}${signedInAt && html` · signed in ${timeAgo(signedInAt)}`}
        ${lastSeenAt && html` · last active ${timeAgo(lastSeenAt)}`}
      </p>
    </div>
    ${aside}
  </li>`;
}

const UNKNOWN = { name: 'Unknown device', address: 'unknown address' };

function signOutOf({ publicId, data }: SignedInDevice, token: string): Html {
  const { name } = data.device ?? UNKNOWN;
  const button = html`<button class="quiet" name="device" value="${publicId}">
    Sign out<span class="unseen"> ${name}</span>
  </button>`;
  return form('/devices/sign-out', token, button);
}
