import { scaleLinear } from 'd3-scale'

/** Axis of shares from zero to a round share that holds the largest, and the steps on it. */
export function axisTicks(most: number): { max: number; ticks: number[] } {
  const scale = scaleLinear()
    .domain([0, most > 0 ? most : 1])
    .nice(4)
  const max = Math.min(Math.max(scale.domain()[1] ?? 1, most), Math.max(1, most))
  return { max, ticks: scale.ticks(4).filter((tick) => tick <= max) }
}

interface Labelled {
  /** 0…1 of the width and of the height, from the top. */
  left: number
  top: number
}

/** Lines of text in a plot do not stand on each other: a line is this high, and reaches about so far. */
const LINE_PX = 16
const REACH = 0.3

/**
 * Labels in the order of their importance, right of their points or, where there is no room, left of them. One that would stand on an
 * earlier one on either side is left out; its point says its name itself.
 */
export function placeLabels<Point extends Labelled>(
  points: readonly Point[],
  height: number,
): (Point & { isLeft: boolean })[] {
  const placed: (Point & { isLeft: boolean })[] = []
  for (const point of points) {
    const label = [false, true]
      .map((isLeft) => ({ ...point, isLeft }))
      .find(
        (one) => startOf(one) >= 0 && startOf(one) + REACH <= 1 && placed.every((other) => isApart(one, other, height)),
      )
    if (label !== undefined) placed.push(label)
  }
  return placed
}

function startOf({ left, isLeft }: { left: number; isLeft: boolean }): number {
  return isLeft ? left - REACH : left
}

function isApart(one: Labelled & { isLeft: boolean }, other: Labelled & { isLeft: boolean }, height: number): boolean {
  const isBelow = Math.abs(one.top - other.top) * height >= LINE_PX
  return isBelow || Math.abs(startOf(one) - startOf(other)) >= REACH
}
