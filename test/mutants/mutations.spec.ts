import { readFileSync } from 'node:fs';
import { mutations } from './mutations.js';

describe('Every breakage', () => {
  it.each(mutations)('"$name" replaces a text that is there once', ({ file, replace }) => {
    expect(readFileSync(file, 'utf8').split(replace)).toHaveLength(2);
  });

  it('names a guarantee', () => {
    const guarantees = Array.from({ length: 13 }, (_, n) => n + 1);
    expect(mutations.filter(({ guarantee }) => !guarantees.includes(guarantee))).toEqual([]);
  });
});
