import { type OpenStore, type Place, storeMakers } from '../support/workers/store-makers.js';

/** Opens a store by its name: those that other tests open too, and those of these tests alone. */
export const makers: Readonly<Record<string, (place: Place) => Promise<OpenStore>>> = {
  ...storeMakers,
  async 'served-memory'({ port }) {
    const { ServedStore } = await import('./served-store.js');
    const store = new ServedStore(Number(port));
    return { store, close: async () => store.close() };
  },
  async careless({ url, namespace }) {
    const [{ CarelessStore }, { Redis }] = await Promise.all([
      import('./careless-store.js'),
      import('ioredis'),
    ]);
    const client = new Redis(url!);
    const store = new CarelessStore(client, namespace!);
    return { store, close: async () => void (await client.quit()) };
  },
};
