import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { SqlType } from 'nestjs-sessions/typeorm';
import { connectTo, createTable, dropTable, sqliteFile } from '../support/databases.js';
import {
  findMariadb,
  findPostgres,
  findRedis,
  type FoundServer,
  serverFolder,
} from '../support/servers.js';
import type { StoreName } from './subjects.js';

/** Where the sessions of a run are. Plain data, since it crosses to the measured processes. */
export interface Place {
  readonly store: StoreName;
  /** Of the server; a file or a folder where there is none. */
  readonly url: string;
  /** What the names of all that is stored begin with. */
  readonly name: string;
}

export interface OpenPlace extends Place {
  /** Removes all that was stored, and nothing else. */
  remove(): Promise<void>;
}

/** The table of a peer beside the one of ours. */
export function peerTable(name: string): string {
  return `${name}_peer`;
}

/** A place of a random name, or undefined where there is no such server. */
export function openPlace(store: StoreName): Promise<OpenPlace | undefined> {
  switch (store) {
    case 'memory':
      return Promise.resolve({ store, url: '', name: '', remove: () => Promise.resolve() });
    case 'redis':
      return redisPlace();
    case 'postgres':
      return tablePlace(store, 'postgres', findPostgres());
    case 'mariadb':
      return tablePlace(store, 'mariadb', findMariadb());
    case 'sqlite':
      return tablePlace(store, 'better-sqlite3', sqliteFile());
    case 'file':
      return folderPlace();
  }
}

async function redisPlace(): Promise<OpenPlace | undefined> {
  const server = await findRedis();
  if (!server) return undefined;
  const name = `bench-${randomBytes(6).toString('hex')}`;
  const remove = async () => {
    await unlinkAll(server.url, `${name}:*`);
    await server.stop();
  };
  return { store: 'redis', url: server.url, name, remove };
}

async function unlinkAll(url: string, match: string): Promise<void> {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match, count: 1_000 }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
}

async function tablePlace(
  store: StoreName,
  type: SqlType,
  finding: Promise<FoundServer | undefined>,
): Promise<OpenPlace | undefined> {
  const server = await finding;
  if (!server) return undefined;
  const dataSource = await connectTo({ type, url: server.url });
  const name = await createTable(dataSource);
  const remove = async () => {
    for (const table of [name, peerTable(name)]) await dropTable(dataSource, table);
    await dataSource.destroy();
    await server.stop();
  };
  return { store, url: server.url, name, remove };
}

async function folderPlace(): Promise<OpenPlace> {
  const { path, remove } = await serverFolder();
  return { store: 'file', url: path, name: '', remove };
}
