import { SessionError } from '../../core/errors/session-errors.js';

/**
 * An error of the client without the command that it carries: the arguments include the key and the record.
 *
 * @internal
 */
export function withoutCommand(error: unknown): Error {
  const stripped = new Error(reasonOf(error));
  stripped.name = partsOf(error).name ?? stripped.name;
  return stripped;
}

/**
 * The reason of a client error, in one line without any argument of a command.
 *
 * @internal
 */
export function reasonOf(error: unknown): string {
  const { message = 'unknown reason', lastNodeError } = partsOf(error);
  const reason = message.replace(/,? with args beginning with.*/s, '').replaceAll('\n', ' ');
  return lastNodeError ? `${reason} ${reasonOf(lastNodeError)}` : reason;
}

function partsOf(error: unknown): Partial<Error> & { readonly lastNodeError?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

/** @internal */
export function unreachable(address: string, reason: string): SessionError {
  return new SessionError(
    'SESSION_STORE_UNAVAILABLE',
    `The session store cannot use Redis at ${address}: ${reason}. Check \`client\` of RedisSessionStore, or set its \`lazyConnect\` to start without Redis.`,
  );
}

/** @internal */
export function rightsMissing(reason: string): SessionError {
  const refusal = reason.replace(/\.?( script: .*)?$/, '');
  return new SessionError(
    'SESSION_STORE_UNAVAILABLE',
    `Redis refuses what the session store does: ${refusal}. Check \`client\` of RedisSessionStore: it needs a master, and a user who may run scripts and write the keys of \`namespace\`.`,
  );
}

/** @internal */
export function tooFewReplicas(wanted: number, had: number): SessionError {
  return new SessionError(
    'SESSION_STORE_UNAVAILABLE',
    `The end of a session reached ${had} of the ${wanted} replicas that \`durability\` asks for. It is carried out, and a failover might undo it.`,
  );
}

/** @internal */
export function ioredisNeeded(obstacle: string): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `RedisSessionStore makes its client with ioredis 5.4.1 or later, and ${obstacle}. Run \`npm install ioredis\`, or set \`client\` to a client of \`redis\` 5 or later.`,
  );
}

/** @internal */
export function notConnected(): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    '`client` of RedisSessionStore is not connected. Call its `connect()` before the application has started.',
  );
}
