import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BareModule } from './apps/bare.js';
import { OurModule } from './apps/ours.js';
import { PeerModule, useExpressSession, useFastifySession } from './apps/peer.js';
import { tell } from './messages.js';
import type { Adapter, App } from './subjects.js';

/** One app on one adapter, in a process of its own, which tells what CPU time it has used. */
const [adapter, app] = process.argv.slice(2) as [Adapter, App];

const MODULES = { bare: BareModule, ours: OurModule, peer: PeerModule };
const SILENT = { logger: false } as const;

const nest = adapter === 'express' ? await onExpress() : await onFastify();
await nest.listen(0, '127.0.0.1');
const server = nest.getHttpServer() as Server;
// Connections stay open while it is another process's turn.
server.keepAliveTimeout = 0;

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'cpu', micros: user + system });
});
process.on('disconnect', () => process.exit());
tell({ kind: 'listening', port: (server.address() as AddressInfo).port });

async function onExpress(): Promise<INestApplication> {
  const made = await NestFactory.create<NestExpressApplication>(
    MODULES[app],
    new ExpressAdapter(),
    SILENT,
  );
  if (app === 'peer') useExpressSession(made);
  return made;
}

async function onFastify(): Promise<INestApplication> {
  const made = await NestFactory.create<NestFastifyApplication>(
    MODULES[app],
    new FastifyAdapter(),
    SILENT,
  );
  if (app === 'peer') await useFastifySession(made);
  return made;
}
