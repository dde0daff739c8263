import { hash, randomBytes } from 'node:crypto';

/**
 * The state of a session: its revision, the file with its data, and its expiry. It is the name of an empty file, so
 * that renaming that file changes the state for all processes at once.
 *
 * @internal
 */
export interface State {
  /** The name that {@link revisionName} gives the revision. */
  readonly revision: string;
  readonly dataName: string;
  readonly expiresAt: number;
  /** The session's entry on the list of its user; undefined if it is on none. */
  readonly entry?: string | undefined;
}

/** The SHA-256 of a session id in base64url. */
const KEY = /^[\w-]{43}$/;
const STATE =
  /^([0-9a-f]{32})\.([0-9a-f]{16}-\d{1,9})\.(\d{1,16})(?:\.([0-9a-f]{64}\.[0-9a-f]{16}))?$/;
const MARKER = /^(\d{1,16})\.([0-9a-f]{66})(?:\.([0-9a-f]{64}\.[0-9a-f]{16}))?$/;

/**
 * The name of the folder of a key, or undefined for an invalid key. Hexadecimal, since some file systems ignore case.
 * 43 letters hold 258 bits; one more fills the last byte, so that two keys never share a name.
 *
 * @internal
 */
export function folderName(key: string): string | undefined {
  return KEY.test(key) ? Buffer.from(`${key}A`, 'base64url').toString('hex') : undefined;
}

/**
 * A revision is opaque; its hash is always a valid name.
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
 * A new name for data, which includes its size in bytes.
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
export function stateName({ revision, dataName, expiresAt, entry }: State): string {
  return withEntry(`${revision}.${dataName}.${expiresAt}`, entry);
}

/** @internal */
export function parseStateName(name: string): State | undefined {
  const [, revision, dataName, expiresAt, entry] = STATE.exec(name) ?? [];
  return revision === undefined || dataName === undefined
    ? undefined
    : { revision, dataName, expiresAt: Number(expiresAt), entry };
}

/**
 * The contents of an empty file's name: a session, its expiry, and its entry on the list of its user.
 *
 * @internal
 */
export interface Appointment {
  readonly expiresAt: number;
  /** The name of the session's folder. */
  readonly folder: string;
  readonly entry?: string | undefined;
}

/** @internal */
export function markerName({ expiresAt, folder, entry }: Appointment): string {
  return withEntry(`${expiresAt}.${folder}`, entry);
}

/** @internal */
export function parseMarkerName(name: string): Appointment | undefined {
  const [, expiresAt, folder, entry] = MARKER.exec(name) ?? [];
  return folder === undefined ? undefined : { folder, expiresAt: Number(expiresAt), entry };
}

/**
 * User ids have any length and characters; their hash is a valid name.
 *
 * @internal
 */
export function userName(userId: string): string {
  return hash('sha256', userId, 'hex');
}

/**
 * A new entry on the list of a user, under a name that no other has had before.
 *
 * @internal
 */
export function newEntry(user: string): string {
  return `${user}.${freshName()}`;
}

/**
 * The {@link userName} of the user whose list has the entry.
 *
 * @internal
 */
export function userOf(entry: string): string {
  return entry.slice(0, entry.indexOf('.'));
}

function withEntry(name: string, entry: string | undefined): string {
  return entry === undefined ? name : `${name}.${entry}`;
}
