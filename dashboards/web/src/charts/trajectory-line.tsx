import { linePath } from './scale.js';

/** Up to so many points are marked, so that a line of one or two can be seen. */
const MARKED_POINTS = 12;

export function TrajectoryLine({ series, points }: { series: string; points: readonly (readonly [number, number])[] }) {
  return (
    <>
      <path class={`${series} line`} d={linePath(points)} />
      {points.length <= MARKED_POINTS &&
        points.map(([x, y]) => <circle key={x} class={`${series} dot`} cx={x} cy={y} r="3" />)}
    </>
  );
}
