import { hash, randomBytes } from 'node:crypto';

/**
 * Where a session stands: which revision it is at, which file holds its data, and when it expires. It is the name of an
 * empty file, so that renaming that file moves the session on, for all processes at once.
 *
 * @internal
 */
export interface State {
  /** The name that {@link revisionName} gives the revision. */
  readonly revision: string;
  readonly dataName: string;
  readonly expiresAt: number;
}

/** The SHA-256 of a session id in base64url. */
const KEY = /^[\w-]{43}$/;
const STATE = /^([0-9a-f]{32})\.([0-9a-f]{16}-\d{1,9})\.(\d{1,16})$/;
const MARKER = /^(\d{1,16})\.([0-9a-f]{66})(?:\.([0-9a-f]{64}))?$/;

/**
 * The name of the folder of a key, or undefined for what is no key. Hexadecimal, since some file systems take two
 * letters that differ in case for one. 43 letters hold 258 bits; another one fills the last byte, so that two keys never
 * share a name.
 *
 * @internal
 */
export function folderName(key: string): string | undefined {
  return KEY.test(key) ? Buffer.from(`${key}A`, 'base64url').toString('hex') : undefined;
}

/**
 * A revision is opaque: its hash is a name whatever it is.
 *
 * @internal
 */
export function revisionName(revision: string): string {
  return hash('sha256', revision, 'hex').slice(0, 32);
}

/**
 * A name that no file has had before.
 *
 * @internal
 */
export function freshName(): string {
  return randomBytes(8).toString('hex');
}

/**
 * A new name for data, which tells how many bytes it has.
 *
 * @internal
 */
export function dataNameFor(text: string): string {
  return `${freshName()}-${Buffer.byteLength(text)}`;
}

/** @internal */
export function sizeOfData(dataName: string): number {
  return Number(dataName.slice(dataName.indexOf('-') + 1));
}

/**
 * The instant as names hold it: whole, and in digits only.
 *
 * @internal
 */
export function nameableInstant(instant: number): number {
  return Math.trunc(Math.min(Math.max(instant, 0), Number.MAX_SAFE_INTEGER));
}

/** @internal */
export function stateName({ revision, dataName, expiresAt }: State): string {
  return `${revision}.${dataName}.${expiresAt}`;
}

/** @internal */
export function parseStateName(name: string): State | undefined {
  const [, revision, dataName, expiresAt] = STATE.exec(name) ?? [];
  return revision === undefined || dataName === undefined
    ? undefined
    : { revision, dataName, expiresAt: Number(expiresAt) };
}

/**
 * What an empty file names: a session, and an instant; where that is when it leaves the list of a user, whose.
 *
 * @internal
 */
export interface Appointment {
  readonly expiresAt: number;
  /** The name of the session's folder. */
  readonly folder: string;
  /** The name that {@link userName} gives the user. */
  readonly user?: string | undefined;
}

/** @internal */
export function markerName({ expiresAt, folder, user }: Appointment): string {
  return user === undefined ? `${expiresAt}.${folder}` : `${expiresAt}.${folder}.${user}`;
}

/** @internal */
export function parseMarkerName(name: string): Appointment | undefined {
  const [, expiresAt, folder, user] = MARKER.exec(name) ?? [];
  return folder === undefined ? undefined : { folder, expiresAt: Number(expiresAt), user };
}

/**
 * Users have ids of any length and letters: their hash is a name.
 *
 * @internal
 */
export function userName(userId: string): string {
  return hash('sha256', userId, 'hex');
}
