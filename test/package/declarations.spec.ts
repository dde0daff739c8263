import { resolve } from 'node:path';
import ts from 'typescript';
import { compilerOptions } from '../support/compiler-options.js';
import { declarationsOf, editorWith, emitDeclarations } from '../support/declarations.js';

/** An application as somebody types it. */
const APPLICATION = resolve('typed.ts');
const TYPED = `
import { Session, SessionModule, Sessions } from 'nestjs-sessions';
declare const session: Session<{ cart: string[] }>;
declare const sessions: Sessions;
session./* session */;
sessions./* sessions */;
SessionModule./* SessionModule */;
session.get(/* key */);
`;

const entries = Object.entries(compilerOptions().paths!).map(
  ([name, [source]]) => [name, declarationsOf(source!.replace('./', ''))] as const,
);
const declarations = emitDeclarations();
const editor = editorWith(new Map([...declarations, [APPLICATION, TYPED]]));
const program = editor.getProgram()!;
const checker = program.getTypeChecker();

/** The names that an editor offers at a place of the application. */
function offeredAt(place: string): string[] {
  const at = TYPED.indexOf(`/* ${place} */`);
  const found = editor.getCompletionsAtPosition(APPLICATION, at, {})?.entries ?? [];
  return found.map(({ name }) => name).toSorted();
}

function exportsOf(path: string): ts.Symbol[] {
  const entry = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  return checker
    .getExportsOfModule(entry)
    .map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name));
}

/** Methods of the client's own, which its documentation describes. */
const DESCRIBED_ELSEWHERE = ['RedisClient', 'RedisPipeline'];

/** What we declare of a class or an interface, static or not; not what it has of TypeScript, Node or Nest. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  if (DESCRIBED_ELSEWHERE.includes(symbol.name)) return [];
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return [];
  const members = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  return [...members, ...(symbol.exports?.values() ?? [])].filter(({ valueDeclaration: at }) => {
    return at && declarations.has(at.getSourceFile().fileName) && !isPrivate(at);
  });
}

function isPrivate(declaration: ts.Declaration): boolean {
  const isHidden = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private;
  const name = ts.getNameOfDeclaration(declaration);
  return isHidden !== 0 || (name !== undefined && ts.isPrivateIdentifier(name));
}

/** A member may be described by what it implements. */
function isDescribed(symbol: ts.Symbol): boolean {
  return (
    symbol.getDocumentationComment(checker).length > 0 ||
    symbol.getJsDocTags(checker).some(({ name }) => name === 'default')
  );
}

describe('The declarations', () => {
  it('stand on their own, without what is internal', () => {
    const problems = [...declarations.keys()].flatMap((path) => [
      ...editor.getSyntacticDiagnostics(path),
      ...editor.getSemanticDiagnostics(path),
    ]);

    expect(declarations.size).toBeGreaterThan(100);
    expect(problems.map(({ messageText, file }) => [file?.fileName, messageText])).toEqual([]);
  });

  it('offer of a session what is public', () => {
    expect(offeredAt('session')).toEqual([
      'all',
      'clear',
      'delete',
      'destroy',
      'flash',
      'get',
      'has',
      'id',
      'load',
      'reload',
      'rotate',
      'save',
      'set',
      'setLifetime',
      'status',
      'take',
      'takeFlash',
      'toJSON',
      'update',
      'userId',
    ]);
  });

  it('offer of the service what is public', () => {
    expect(offeredAt('sessions')).toEqual(['listByUser', 'of', 'open', 'revoke', 'revokeAll']);
  });

  it('offer two ways to import the module', () => {
    const own = offeredAt('SessionModule').filter((name) => !(name in Function));

    expect(own).toEqual(expect.arrayContaining(['forRoot', 'forRootAsync']));
    expect(own).not.toContain('register');
  });

  it('offer the keys of a session', () => {
    expect(offeredAt('key')).toContain("'cart'");
  });

  it.each(entries)('describe each name of %s, and each of its members', (_, path) => {
    const undescribed = exportsOf(path).flatMap((symbol) => [
      ...(isDescribed(symbol) ? [] : [symbol.name]),
      ...membersOf(symbol)
        .filter((member) => !isDescribed(member))
        .map(({ name }) => `${symbol.name}.${name}`),
    ]);

    expect(undescribed).toEqual([]);
  });
});
