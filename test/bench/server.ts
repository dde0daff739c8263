import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { benchApp } from './apps/bench-app.js';
import { commandsSent } from './commands.js';
import { tell } from './messages.js';
import type { Place } from './place.js';
import type { Adapter, App } from './subjects.js';

/** One app on one adapter, in a process of its own, which tells what it has used. */
const [adapter, app, place] = process.argv.slice(2) as [Adapter, App, string];

const ADAPTERS = { express: ExpressAdapter, fastify: FastifyAdapter };

const { module, use } = await benchApp(app, adapter, JSON.parse(place) as Place);
const nest = await NestFactory.create(module, new ADAPTERS[adapter](), { logger: false });
await use?.(nest);
await nest.listen(0, '127.0.0.1');
const server = nest.getHttpServer() as Server;
// Connections stay open while it is another process's turn.
server.keepAliveTimeout = 0;

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'usage', micros: user + system, commands: commandsSent() });
});
process.on('disconnect', () => process.exit());
tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
