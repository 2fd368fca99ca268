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
  /** Variance added for a scale that is itself estimated, over the days it is estimated from. */
  scaleDoubt: number
  /** 1; with 0 no weekday is believed in. */
  weekdayTrust: number
  /** The score from which a day is a spike whatever its size; the size of spike that is looked for; and the odds asked for. */
  pointScore: number
  pointRatio: number
  pointLogOdds: number
  /** In restless series the score is at least this and two scales, so that they do not alarm all the time. */
  restlessScore: number
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
  /** While little is known: a cost of so many usual days, and of so many of the dearest day, is a spike. */
  coldRatio: number
  coldDearest: number
  /** The first days count at most so many times above or below their median. */
  startRatio: number
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
  levelHalfLife: 21,
  shapeHalfLife: 90,
  priorScale: 0.35,
  priorDays: 4,
  minScale: 0.1,
  scaleDoubt: 3,
  weekdayTrust: 1,
  pointScore: 3.3,
  pointRatio: 6,
  pointLogOdds: 0.85,
  restlessScore: 0.5,
  minRatio: 1.5,
  minExcessShare: 0.25,
  backstopQuartiles: 3,
  backstopDearest: 1.25,
  shiftRatio: 2,
  shiftLogOdds: 4.8,
  shiftScoreMax: 3,
  shiftMinRatio: 1.3,
  coldRatio: 4,
  coldDearest: 1.5,
  startRatio: 4,
  flaggedClip: 2,
  clip: 3,
  levelDays: 14,
  levelDaysAway: 11,
  minActivity: 0.25,
}
