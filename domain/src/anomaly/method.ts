/**
 * The numbers of the method, in one place: what the evaluation (`npm run bench -- anomaly`) varies to show what each is for. Scores count
 * in standard deviations of the logarithm of cost; ratios are of the expected cost.
 */
export interface Method {
  /** Active days (days with a cost) until limits of the past apply: none before `coldFrom`, rough ones before `readyFrom`. */
  coldFrom: number
  readyFrom: number
  /** Half-lives, in active days, of what the level, respectively the weekdays and the scale, are estimated from. */
  levelHalfLife: number
  shapeHalfLife: number
  /** The scale before anything is known, as many days' worth of it, and the least scale. */
  priorScale: number
  priorDays: number
  minScale: number
  /** The score from which a day is a spike whatever its size; the size of spike that is looked for; and the odds asked for. */
  pointScore: number
  pointRatio: number
  pointLogOdds: number
  /** The least ratio of a spike, and the least excess as a share of the series' usual day. */
  minRatio: number
  minExcessShare: number
  /** A spike is also what exceeds this many upper quartiles and this many times the dearest day of the past. */
  backstopQuartiles: number
  backstopDearest: number
  /** The size of a lasting change that is looked for, its odds, the score at which one day's say in it ends, and the least ratio. */
  shiftRatio: number
  shiftLogOdds: number
  shiftScoreMax: number
  shiftMinRatio: number
  /** While little is known: a cost of so many usual days is a spike. */
  coldRatio: number
  /** Flagged days count in the past as if they were so many scales away, others at most so many. */
  flaggedClip: number
  clip: number
  /** So many of the last so many active days on one side: this is the new level. */
  levelDays: number
  levelDaysAway: number
  /** Series that rarely run may be looked at more closely for the same false alarms a year; not more than at this share of days. */
  minActivity: number
}

export const METHOD: Method = {
  coldFrom: 3,
  readyFrom: 7,
  levelHalfLife: 14,
  shapeHalfLife: 56,
  priorScale: 0.25,
  priorDays: 4,
  minScale: 0.1,
  pointScore: 3.3,
  pointRatio: 4,
  pointLogOdds: 2.3,
  minRatio: 1.5,
  minExcessShare: 0.25,
  backstopQuartiles: 3,
  backstopDearest: 1.25,
  shiftRatio: 2,
  shiftLogOdds: 3.8,
  shiftScoreMax: 3,
  shiftMinRatio: 1.3,
  coldRatio: 4,
  flaggedClip: 2,
  clip: 3,
  levelDays: 14,
  levelDaysAway: 11,
  minActivity: 0.25,
}
