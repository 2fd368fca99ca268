export const WEEKDAYS = 7

/** Σ w, Σ w², Σ w·y and Σ w·y² by weekday, the weights fading with each day that is added. */
export class FadingSums {
  readonly weights = new Float64Array(WEEKDAYS)
  readonly squares = new Float64Array(WEEKDAYS)
  readonly first = new Float64Array(WEEKDAYS)
  readonly second = new Float64Array(WEEKDAYS)

  fade(factor: number): void {
    for (let day = 0; day < WEEKDAYS; day += 1) {
      this.weights[day]! *= factor
      this.squares[day]! *= factor * factor
      this.first[day]! *= factor
      this.second[day]! *= factor
    }
  }

  add(weekday: number, value: number): void {
    this.weights[weekday]! += 1
    this.squares[weekday]! += 1
    this.first[weekday]! += value
    this.second[weekday]! += value * value
  }
}
