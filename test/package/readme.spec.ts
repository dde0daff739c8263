import { readFileSync } from 'node:fs';
import { blocksOf } from '../support/transcript.js';

describe('The README', () => {
  it.each(['app.module.ts', 'counter.controller.ts'])(
    'shows %s of the quick start whole',
    (file) => {
      expect(blocksOf('README.md', 'ts')).toContain(
        readFileSync(`sample/01-quick-start/${file}`, 'utf8'),
      );
    },
  );

  it('has a heading for every error code', () => {
    const codes = readFileSync('lib/core/session-errors.ts', 'utf8').match(/^ {2}\| '\w+'/gm) ?? [];
    const readme = readFileSync('README.md', 'utf8');

    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(readme).toContain(`### ${code.slice(5, -1)}\n`);
  });
});
