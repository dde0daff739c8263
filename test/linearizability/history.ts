/** What one process asked and what it was answered. Of two instants the greater is the later. */
export interface Operation<Action, Answer> {
  readonly process: number;
  readonly action: Action;
  readonly beganAt: number;
  /** Infinity: no answer came, so that it may have happened at any time since it began, or never. */
  readonly endedAt: number;
  readonly answer?: Answer;
}

export type History<Action, Answer> = readonly Operation<Action, Answer>[];

/** The history as it looked at an instant: what had not ended by then has no answer. */
export function until<Action, Answer>(
  history: History<Action, Answer>,
  instant: number,
): History<Action, Answer> {
  return history
    .filter(({ beganAt }) => beganAt <= instant)
    .map((operation) => (operation.endedAt <= instant ? operation : unanswered(operation)));
}

/** One line per operation, in the order in which they began. */
export function printed(history: History<unknown, unknown>): string {
  return history
    .toSorted((a, b) => a.beganAt - b.beganAt)
    .map(({ process, action, answer, beganAt, endedAt }) => {
      const span = endedAt === Infinity ? `${beganAt}-` : `${beganAt}-${endedAt}`;
      return `${span} process ${process}: ${JSON.stringify(action)} -> ${JSON.stringify(answer) ?? 'unknown'}`;
    })
    .join('\n');
}

function unanswered<Action, Answer>({
  process,
  action,
  beganAt,
}: Operation<Action, Answer>): Operation<Action, Answer> {
  return { process, action, beganAt, endedAt: Infinity };
}
