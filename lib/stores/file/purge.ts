import type { Clock } from '../../core/options/clock.js';
import type { Marker } from './expiry-markers.js';
import type { SessionFiles } from './session-files.js';

/**
 * Removes expired sessions. Several processes may do so at once: each session is ended by one of them.
 *
 * @internal
 */
export class Purge {
  constructor(
    private readonly files: SessionFiles,
    private readonly clock: Clock,
  ) {}

  /** Removes up to `limit` sessions and resolves to how many there were. */
  async run(limit: number, isStopped: () => boolean = () => false): Promise<number> {
    let deleted = 0;
    for await (const marker of this.files.markers.due(this.clock.now())) {
      if (deleted >= limit || isStopped()) break;
      if (await this.#settle(marker)) deleted++;
    }
    return deleted;
  }

  /** Handles a due marker: removes its session, or files the session under its new expiry. */
  async #settle(marker: Marker): Promise<boolean> {
    const { markers } = this.files;
    const folder = this.files.ofName(marker.folder);
    const listing = await folder.list();
    const now = this.clock.now();
    const live = listing?.states.find(({ expiresAt }) => expiresAt > now);
    if (live) await markers.add({ ...live, folder: marker.folder }, marker.path);
    // A session that changes state during its removal keeps its marker, for the next purge.
    else if (listing && !(await this.files.end(folder, listing))) return false;
    // No session returns to this entry: one that still might would have expired by now.
    if (marker.entry !== live?.entry) await this.files.unlist(folder, marker.entry);
    await markers.remove(marker);
    return !live && listing !== undefined && listing.states.length > 0;
  }
}
