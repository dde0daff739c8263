import { mkdir, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_FOLDER, writeEmpty } from './durable.js';
import { type Appointment, markerName, parseMarkerName } from './names.js';
import { succeeds, unless } from './system-errors.js';

/** @internal */
export interface Marker extends Appointment {
  readonly path: string;
}

const SPAN_MS = 60_000;
const MAX_TRIES = 10;
const NO_FOLDER = ['ENOENT', 'ENOTDIR'];
const NO_EMPTY_FOLDER = [...NO_FOLDER, 'ENOTEMPTY', 'EEXIST'];

/**
 * Empty files that name sessions, in one folder per minute of expiry, so that finding due sessions reads nothing else.
 * A session has at least one of them, under the minute in which it expires or an earlier one. It may have more, and
 * they may outlive it, so a reader of a marker always checks the session.
 *
 * @internal
 */
export class ExpiryMarkers {
  constructor(private readonly path: string) {}

  /**
   * Files a session under its expiry.
   *
   * @param other an empty file of which the marker may become a further name
   */
  async add(appointment: Appointment, other: string): Promise<void> {
    const bucket = join(this.path, String(bucketOf(appointment.expiresAt)));
    const marker = join(bucket, markerName(appointment));
    // A purging process may remove the bucket between the two steps.
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      if (await succeeds(['ENOENT'], writeEmpty(marker, other))) return;
      await unless(['EEXIST'], mkdir(bucket, PRIVATE_FOLDER), undefined);
    }
    await writeEmpty(marker, other);
  }

  /** Whether the purge finds a session filed under the first expiry in time for the second. */
  isInTime(filedFor: number, expiresAt: number): boolean {
    return bucketOf(filedFor) <= bucketOf(expiresAt);
  }

  async remove({ path }: Marker): Promise<void> {
    await unless(['ENOENT'], unlink(path), undefined);
  }

  /** The due markers, the oldest minute first. A finished minute leaves no folder. */
  async *due(now: number): AsyncGenerator<Marker> {
    const current = bucketOf(now);
    const buckets = (await readdir(this.path)).map(Number).filter((bucket) => bucket <= current);
    for (const bucket of buckets.toSorted((one, other) => one - other)) {
      const path = join(this.path, String(bucket));
      yield* await this.#dueIn(path, now);
      if (bucket < current) await unless(NO_EMPTY_FOLDER, rmdir(path), undefined);
    }
  }

  async #dueIn(bucket: string, now: number): Promise<Marker[]> {
    const names = await unless(NO_FOLDER, readdir(bucket), []);
    return names.flatMap((name) => {
      const marker = parseMarkerName(name);
      return marker && marker.expiresAt <= now ? [{ path: join(bucket, name), ...marker }] : [];
    });
  }
}

function bucketOf(instant: number): number {
  return Math.floor(instant / SPAN_MS);
}
