import { plainToInstance } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsObject, IsOptional, validateSync, ValidateNested } from 'class-validator';
import { OneOf } from './one-of.js';

class NodeBody {
  @IsIn(['leaf', 'list'])
  type: 'leaf' | 'list';
}

class LeafBody extends NodeBody {
  @IsInt()
  value: number;
}

class ListBody extends NodeBody {
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @OneOf('type', () => NodeBody, () => classes)
  nodes: NodeBody[];
}

const classes = { leaf: LeafBody, list: ListBody };

class RootBody {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf('type', () => NodeBody, () => classes)
  node?: NodeBody | null;
}

/** Places of what is wrong, as `path rule`. */
function problemsOf(node: unknown): string[] {
  const found: string[] = [];
  const look = (errors: ReturnType<typeof validateSync>, path: string): void => {
    for (const { property, constraints = {}, children = [] } of errors) {
      found.push(...Object.keys(constraints).map((rule) => `${path}${property} ${rule}`));
      look(children, `${path}${property}.`);
    }
  };
  look(validateSync(plainToInstance(RootBody, { node }), { whitelist: true, forbidNonWhitelisted: true }), '');
  return found;
}

const leaf = { type: 'leaf', value: 1 };

describe('objects told apart by a word', () => {
  it.each<[unknown]>([
    [leaf],
    [{ type: 'list', nodes: [] }],
    [{ type: 'list', nodes: [leaf, { type: 'list', nodes: [leaf] }] }],
    [null],
  ])('are taken with the fields of their kind: %j', (node) => expect(problemsOf(node)).toEqual([]));

  it.each<[string[], unknown]>([
    [['node.value isInt'], { type: 'leaf' }],
    [['node.nodes whitelistValidation'], { ...leaf, nodes: [] }],
    [['node.type isIn'], { type: 'tree' }],
    [['node.type isIn'], {}],
    [['node.type isIn'], { type: 'constructor' }],
    [['node.type isIn'], { type: ['leaf'] }],
    [['node.nodes.1.value isInt'], { type: 'list', nodes: [leaf, { type: 'leaf', value: 'x' }] }],
    [['node.nodes.0.nodes.0.type isIn'], { type: 'list', nodes: [{ type: 'list', nodes: [{ type: '__proto__' }] }] }],
  ])('are refused at %j', (expected, node) => {
    expect(problemsOf(node)).toEqual(expected);
  });

  it.each<[unknown]>([[1], ['leaf'], [[leaf]], [{ type: 'list', nodes: [null] }], [{ type: 'list', nodes: [[leaf]] }]])(
    'are refused, and nothing is thrown, where there is none: %j',
    (node) => expect(problemsOf(node)).not.toEqual([]),
  );

  it('leave what was sent as it was', () => {
    const sent = { type: 'list', nodes: [{ ...leaf }] };
    problemsOf(sent);
    expect(sent).toEqual({ type: 'list', nodes: [leaf] });
  });
});
