/** The program of a worker process: opens the store that its parent names, and performs the tasks that it is sent. */
import { type Place, storeMakers } from './store-makers.js';
import { StoreWorker, type Task } from './store-tasks.js';

/** What a worker is sent. */
export interface NumberedTask {
  readonly number: number;
  readonly task: Task;
}

/** What it answers. */
export interface TaskAnswer {
  readonly number: number;
  readonly answers?: unknown[];
  readonly error?: string;
}

const [name, place] = process.argv.slice(2) as [string, string];
const { store, close } = await storeMakers[name]!(JSON.parse(place) as Place);
const worker = new StoreWorker(store);

process.on('message', ({ number, task }: NumberedTask) => {
  worker.perform(task).then(
    (answers) => process.send!({ number, answers }),
    (error: unknown) => process.send!({ number, error: String(error) }),
  );
});
process.on('disconnect', () => void close());
process.send!('ready');
