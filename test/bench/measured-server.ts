import { Client } from './client.js';
import { MeasuredProcess } from './measured-process.js';
import type { Place } from './place.js';
import type { Adapter, App, Route } from './subjects.js';
import type { Usage } from './usage.js';

const CONNECTIONS = 10;

/** A server in a process of its own, and the clients that load it. */
export class MeasuredServer {
  private constructor(
    private readonly process: MeasuredProcess,
    private readonly clients: readonly Client[],
  ) {}

  static async start(adapter: Adapter, app: App, place: Place): Promise<MeasuredServer> {
    const process = MeasuredProcess.start('server.js', [adapter, app, JSON.stringify(place)]);
    const { port } = await process.told('listening');
    const clients = Array.from({ length: CONNECTIONS }, () => Client.connect(port, app !== 'bare'));
    return new MeasuredServer(process, await Promise.all(clients));
  }

  /** Sends requests over all connections at once, and resolves to what each took. */
  async measure(route: Route, requests: number): Promise<Usage> {
    const share = Math.ceil(requests / CONNECTIONS);
    const before = await this.#usage();
    await Promise.all(this.clients.map((client) => client.request(route, share)));
    const after = await this.#usage();
    const each = (kind: keyof Usage) => (after[kind] - before[kind]) / (share * CONNECTIONS);
    return { micros: each('micros'), commands: each('commands') };
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.process.stop();
  }

  async #usage(): Promise<Usage> {
    const told = this.process.told('usage');
    this.process.ask('usage');
    return told;
  }
}
