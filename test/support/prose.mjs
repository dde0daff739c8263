// Lists sentences that are hard to read: in the comments of lib, in Markdown, and in test titles. An aid, not a check.
// `npm run prose` reads everything; `npm run prose -- lib/core README.md` reads what it names.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const LONGEST_SENTENCE = 30;
const VERB =
  '(?:is|are|was|were|has|have|had|can|may|must|does|do|gets?|comes?|goes|[a-z]{2,}(?:es|ed|s))';
const PATTERNS = {
  'free relative': new RegExp(
    `(?:^|[.:;] |, (?:and|but|so) |\\bfor )(?:who|whoever|what|whatever)(?: [a-z'-]+){0,2}? ${VERB}\\b`,
    'i',
  ),
  'so many': /\bso (?:many|much|long|few|often)\b/i,
  perception: /\b(?:shows?|showed|shown|showing|seen|sees|tells?|told|telling|hears?|heard)\b/i,
  'old word':
    /\b(?:walls?|offered|first shown|upkeep|kept up|news|gatekeepers?|gates?|keepers?|stand-ins?|superseded|visits?)\b/i,
};

const named = process.argv.slice(2);
const files = (named.length > 0 ? named : ['lib', 'test', 'sample', ...pagesIn('.')]).flatMap(
  filesIn,
);
const offences = files.flatMap((file) => proseOf(file).flatMap((prose) => offencesIn(file, prose)));
for (const offence of offences) console.log(offence);
console.log(`${offences.length} sentences in ${files.length} files`);

function filesIn(place) {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true })
    .map((name) => join(place, name))
    .filter((path) => /\.(?:ts|md)$/.test(path) && !path.includes('node_modules'))
    .sort();
}

function pagesIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.md'));
}

function offencesIn(file, { line, text }) {
  return sentencesIn(text).flatMap((sentence) => {
    const faults = Object.keys(PATTERNS).filter((name) => PATTERNS[name].test(sentence));
    const words = sentence.split(' ').length;
    if (words > LONGEST_SENTENCE) faults.push(`${words} words`);
    return faults.length > 0 ? [`${file}:${line}: [${faults.join(', ')}] ${sentence}`] : [];
  });
}

function sentencesIn(text) {
  return text
    .replace(/\]\([^)]*\)/g, ']')
    .split(/\n\s*\n/)
    .flatMap((paragraph) => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?:;]) (?=[A-Z0-9`{[@-])/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function proseOf(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.md')) return paragraphsIn(text);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return /^test\b/.test(file) ? titlesIn(source) : commentsIn(source);
}

function paragraphsIn(page) {
  const text = page.replace(/^```[^]*?^```/gm, (block) => block.replace(/[^\n]/g, ''));
  let line = 1;
  return text.split(/(\n\s*\n|\n(?=\s*(?:[-*#|>]|\d+\.)))/).map((part) => {
    const paragraph = { line, text: part };
    line += part.split('\n').length - 1;
    return paragraph;
  });
}

/** A title stands alone here: it is read with those of the groups around it. */
function titlesIn(source) {
  const titles = [];
  const visit = (node) => {
    const title = ts.isCallExpression(node) && node.arguments[0];
    const isTest = title && /^(?:describe|it|test)\b/.test(node.expression.getText());
    if (isTest && ts.isStringLiteralLike(title)) {
      titles.push({ line: lineOf(source, title.getStart()), text: title.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

function commentsIn(source) {
  const ranges = new Map();
  const visit = (node) => {
    for (const find of [ts.getLeadingCommentRanges, ts.getTrailingCommentRanges]) {
      const from = find === ts.getLeadingCommentRanges ? node.pos : node.end;
      for (const range of find(source.text, from) ?? []) ranges.set(range.pos, range);
    }
    node
      .getChildren()
      .filter((child) => !ts.isJSDoc(child))
      .forEach(visit);
  };
  visit(source);
  return joined(
    [...ranges.values()].map(({ pos, end }) => ({
      line: lineOf(source, pos),
      last: lineOf(source, end),
      text: source.text.slice(pos, end),
    })),
  );
}

/** Comments of `//` on neighbouring lines are one paragraph. */
function joined(comments) {
  const paragraphs = [];
  for (const comment of comments.sort((one, other) => one.line - other.line)) {
    const before = paragraphs.at(-1);
    const continues = comment.text.startsWith('//') && before?.last === comment.line - 1;
    if (!continues) paragraphs.push(comment);
    else Object.assign(before, { last: comment.last, text: `${before.text}\n${comment.text}` });
  }
  return paragraphs.map(({ line, text }) => ({ line, text: withoutSigns(text) }));
}

function withoutSigns(comment) {
  return comment
    .replace(/\*\/$/, '')
    .replace(/^\s*(?:\/\*\*?|\/\/|\*)/gm, '')
    .replace(/```[^]*?```/g, '')
    .replace(/@(?:internal|publicApi)\b/g, '');
}

function lineOf(source, position) {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}
