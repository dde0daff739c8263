import { readFileSync } from 'node:fs';
import { blocksOf } from '../support/transcript.js';

const readme = readFileSync('README.md', 'utf8');
const prose = readme.replaceAll(/^```.*?^```/gms, '');

describe('The README', () => {
  it.each(['app.module.ts', 'counter.controller.ts'])(
    'holds %s of the quick start whole',
    (file) => {
      expect(blocksOf('README.md', 'ts')).toContain(
        readFileSync(`sample/01-quick-start/${file}`, 'utf8'),
      );
    },
  );

  it('has at most 220 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(220);
  });

  it('lists its sections, in order, before the first of them', () => {
    const [contents = ''] = prose.split(/^## /m);
    const headings = [...prose.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    const listed = [...contents.matchAll(/\[([^\]]+)\]\(#/g)].map(([, heading]) => heading);

    expect(headings.length).toBeGreaterThan(5);
    expect(listed).toEqual(headings);
  });
});

describe('The page of errors', () => {
  it('has a heading for every error code', () => {
    const codes =
      readFileSync('lib/core/errors/session-errors.ts', 'utf8').match(/^ {2}\| '\w+'/gm) ?? [];
    const page = readFileSync('lib/ERRORS.md', 'utf8');

    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(page).toContain(`## ${code.slice(5, -1)}\n`);
  });
});
