import type { INestApplication, INestMicroservice, ArgumentsHost } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import type { AddressInfo, Server } from 'node:net';
import { catchError, lastValueFrom, of, toArray } from 'rxjs';

export const HOST = '127.0.0.1';

/** Where these tests put the id: into the payload. */
export function sessionId(host: ArgumentsHost): string | undefined {
  return host.switchToRpc().getData<{ sessionId?: string } | null>()?.sessionId;
}

/** Has an application get messages over TCP too, on a free port. */
export async function listenToMessages(app: INestApplication, inheritAppConfig = false) {
  app.connectMicroservice(
    { transport: Transport.TCP, options: { host: HOST, port: 0 } },
    { inheritAppConfig },
  );
  await app.startAllMicroservices();
}

/** Sends messages to a microservice on TCP. */
export class Messenger {
  readonly #client: ClientProxy;

  constructor(microservice: Pick<INestMicroservice, 'unwrap'>) {
    const { port } = microservice.unwrap<Server>().address() as AddressInfo;
    this.#client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: HOST, port },
    });
  }

  /** All values that it is answered with; rejects with what a filter made of an error. */
  ask(pattern: string, data: object): Promise<unknown[]> {
    return lastValueFrom(this.#client.send<unknown>(pattern, data).pipe(toArray()));
  }

  /** All that it is answered with, the error too. */
  transcript(pattern: string, data: object): Promise<unknown[]> {
    const answers = this.#client.send<unknown>(pattern, data);
    return lastValueFrom(
      answers.pipe(
        catchError((error) => of({ error })),
        toArray(),
      ),
    );
  }

  async emit(pattern: string, data: object): Promise<void> {
    await lastValueFrom(this.#client.emit(pattern, data), { defaultValue: undefined });
  }

  close(): void {
    this.#client.close();
  }
}
