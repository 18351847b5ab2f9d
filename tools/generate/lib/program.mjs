import { join } from 'node:path';
import ts from 'typescript';

/** The types of some files, with the options of the repository. */
export function programOf(root, files) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return ts.createProgram(files, options);
}

/** What a file exports, as symbols. */
export function exportsOf(program, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source) ?? source.symbol);
}
