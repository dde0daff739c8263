import { Client } from './client.js';
import { MeasuredProcess } from './measured-process.js';
import type { Adapter, App, Route } from './subjects.js';

const CONNECTIONS = 10;

/** A server in a process of its own, and the clients that load it. */
export class MeasuredServer {
  private constructor(
    private readonly process: MeasuredProcess,
    private readonly clients: readonly Client[],
  ) {}

  static async start(adapter: Adapter, app: App): Promise<MeasuredServer> {
    const process = MeasuredProcess.start('server.js', [adapter, app]);
    const { port } = await process.told('listening');
    const clients = Array.from({ length: CONNECTIONS }, () => Client.connect(port, app !== 'bare'));
    return new MeasuredServer(process, await Promise.all(clients));
  }

  /** Sends requests over all connections at once, and resolves to the CPU microseconds that each took. */
  async measure(route: Route, requests: number): Promise<number> {
    const share = Math.ceil(requests / CONNECTIONS);
    const before = await this.#cpuMicros();
    await Promise.all(this.clients.map((client) => client.request(route, share)));
    return ((await this.#cpuMicros()) - before) / (share * CONNECTIONS);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.process.stop();
  }

  async #cpuMicros(): Promise<number> {
    const told = this.process.told('cpu');
    this.process.ask('cpu');
    return (await told).micros;
  }
}
