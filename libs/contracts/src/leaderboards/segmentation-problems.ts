import type { Segmentation, SegmentationAxis } from './segmentation.js';

export interface SegmentationProblem {
  /** From the segmentation on: `.axes[0].divisions[1].min`. */
  path: string;
  code: 'range' | 'duplicate';
  message: string;
}

/** Why a split whose fields stand well each by itself cannot work; empty when it can (06 §4.2). */
export function segmentationProblems(segmentation: Segmentation): SegmentationProblem[] {
  if (segmentation.type === 'none') return [];
  if (segmentation.type !== 'combined') return axisProblems(segmentation, '');
  return segmentation.axes.flatMap((axis, at) => axisProblems(axis, `.axes[${at}]`));
}

function axisProblems(axis: SegmentationAxis, path: string): SegmentationProblem[] {
  if (axis.type !== 'progression') return [];
  const keys = axis.divisions.map(({ key }) => key);
  return axis.divisions.flatMap(({ key, min }, at): SegmentationProblem[] => {
    const here = `${path}.divisions[${at}]`;
    const problems: SegmentationProblem[] = [];
    if (keys.indexOf(key) !== at) {
      problems.push({ path: `${here}.key`, code: 'duplicate', message: `'${key}' is stated twice` });
    }
    if (at === 0 && min !== 0) problems.push({ path: `${here}.min`, code: 'range', message: 'the first must be 0' });
    if (at > 0 && min <= (axis.divisions[at - 1]?.min ?? 0)) {
      problems.push({ path: `${here}.min`, code: 'range', message: 'must be greater than the one before' });
    }
    return problems;
  });
}
