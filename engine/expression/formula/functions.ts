interface Text {
  readonly en: string;
  readonly zh: string;
}

export interface FormulaArgument {
  readonly name: string;
  /** `optional` may be left out, `rest` may be given any number of times, `body` is evaluated once per element. */
  readonly kind?: 'optional' | 'rest' | 'body';
}

/** A function of the formula language, as the editor shows it. */
export interface FormulaFunction {
  readonly name: string;
  /** The JSONLogic operator; absent for `op` and `calendar`, which are only notation. */
  readonly operator?: string;
  readonly arguments: readonly FormulaArgument[];
  readonly title: Text;
  readonly doc: Text;
}

/** `a, b?, ...c, =d`: a plain, an optional, a repeated argument, a body. */
function args(names: string): FormulaArgument[] {
  return names === ''
    ? []
    : names.split(', ').map((name) => {
        if (name.endsWith('?')) return { name: name.slice(0, -1), kind: 'optional' };
        if (name.startsWith('...')) return { name: name.slice(3), kind: 'rest' };
        return name.startsWith('=') ? { name: name.slice(1), kind: 'body' } : { name };
      });
}

type Row = readonly [
  name: string,
  operator: string,
  args: string,
  title: readonly [string, string],
  doc: readonly [string, string],
];

const rows: readonly Row[] = [
  [
    'if',
    'if',
    '...parts',
    ['If', '如果'],
    [
      'if(condition, value, condition, value, otherwise): the value of the first condition that holds',
      'if(条件, 值, 条件, 值, 否则)：第一个成立的条件所对应的值',
    ],
  ],
  [
    'get',
    'var',
    'path, default?',
    ['Value at a path', '按路径取值'],
    [
      'get(cat("input.", name)): the value at a computed path; the text must start with a root',
      'get(cat("input.", name))：按计算出的路径取值，文本须以根名称开头',
    ],
  ],
  [
    'missing',
    'missing',
    '...paths',
    ['Missing paths', '缺失的路径'],
    ['Those of the paths at which there is nothing, null or an empty text', '列出没有值、为 null 或为空文本的路径'],
  ],
  [
    'missingSome',
    'missing_some',
    'need, paths',
    ['Too few present', '至少需要几项'],
    [
      'An empty list if at least `need` of the paths are present, else the missing ones',
      '若至少有 need 项存在则为空列表，否则为缺失的路径',
    ],
  ],
  [
    'cat',
    'cat',
    'first, ...more',
    ['Join texts', '连接文本'],
    ['Joins texts and numbers into one text', '把文本与数字连成一段文本'],
  ],
  [
    'substr',
    'substr',
    'text, start, length?',
    ['Part of a text', '截取文本'],
    [
      'Starts from the end if `start` is negative; leaves that many off if `length` is negative',
      'start 为负则从末尾数起；length 为负则去掉末尾若干字符',
    ],
  ],
  ['min', 'min', 'first, ...more', ['Smallest', '最小值'], ['The smallest of some numbers', '若干数字中最小的']],
  ['max', 'max', 'first, ...more', ['Greatest', '最大值'], ['The greatest of some numbers', '若干数字中最大的']],
  [
    'merge',
    'merge',
    '...lists',
    ['Join lists', '合并列表'],
    [
      'One list of all elements; anything that is no list counts as one element',
      '合成一个列表；非列表的值算作一个元素',
    ],
  ],
  [
    'map',
    'map',
    'list, =value',
    ['Each element turned', '逐项转换'],
    [
      'map(input.items, item.price * item.count): one value per element',
      'map(input.items, item.price * item.count)：每个元素得到一个值',
    ],
  ],
  [
    'filter',
    'filter',
    'list, =condition',
    ['Elements that fit', '筛选'],
    [
      'filter(input.items, item.count > 1): the elements for which the condition holds',
      'filter(input.items, item.count > 1)：条件成立的元素',
    ],
  ],
  [
    'reduce',
    'reduce',
    'list, =value, initial?',
    ['Fold a list', '归并'],
    [
      'reduce(input.items, accumulator + current.count, 0): carries one value through all elements',
      'reduce(input.items, accumulator + current.count, 0)：逐项累积为一个值',
    ],
  ],
  [
    'all',
    'all',
    'list, =condition',
    ['All fit', '全部满足'],
    ['Whether the condition holds for all elements, and there is one', '列表非空且每个元素都满足条件'],
  ],
  [
    'some',
    'some',
    'list, =condition',
    ['Some fit', '有满足的'],
    ['Whether the condition holds for at least one element', '至少一个元素满足条件'],
  ],
  [
    'none',
    'none',
    'list, =condition',
    ['None fits', '无一满足'],
    ['Whether the condition holds for no element', '没有元素满足条件'],
  ],
  [
    'decAdd',
    'dec+',
    'first, second, ...more',
    ['Exact sum', '精确加'],
    ['decAdd("0.1", "0.2") is "0.3"', 'decAdd("0.1", "0.2") 得 "0.3"'],
  ],
  [
    'decSub',
    'dec-',
    'first, second?',
    ['Exact difference', '精确减'],
    ['The difference, or with one argument its negative', '两数之差；只有一个参数时取负'],
  ],
  [
    'decMul',
    'dec*',
    'first, second, ...more',
    ['Exact product', '精确乘'],
    ['The product with all its digits: round it with decRound', '保留所有位数的乘积，可用 decRound 舍入'],
  ],
  [
    'decDiv',
    'dec/',
    'first, second, scale?, rounding?',
    ['Quotient', '除'],
    [
      'To `scale` places, HALF_UP unless told; without a scale to 20 significant digits',
      '保留 scale 位小数，默认四舍五入；不给 scale 则保留 20 位有效数字',
    ],
  ],
  [
    'decRound',
    'decRound',
    'value, scale, rounding?',
    ['Round', '舍入'],
    [
      'UP, DOWN, CEIL, FLOOR, HALF_UP (as if absent), HALF_DOWN, HALF_EVEN',
      '舍入方式：UP、DOWN、CEIL、FLOOR、HALF_UP（默认）、HALF_DOWN、HALF_EVEN',
    ],
  ],
  [
    'decCmp',
    'decCmp',
    'first, second',
    ['Compare decimals', '比较大小'],
    ['-1, 0 or 1 if the first is smaller, equal or greater', '前者较小、相等、较大时分别为 -1、0、1'],
  ],
  ['decAbs', 'decAbs', 'value', ['Without its sign', '绝对值'], ['The absolute value of a decimal', '小数的绝对值']],
  [
    'decSum',
    'decSum',
    'first, ...more',
    ['Exact sum of a list', '精确求和'],
    [
      'Of all arguments, or of the list that is the only one; "0" of none',
      '各参数之和；若唯一参数是列表则为其元素之和，空列表为 "0"',
    ],
  ],
  [
    'decMin',
    'decMin',
    'first, ...more',
    ['Smallest decimal', '最小的小数'],
    ['Of all arguments, or of the list that is the only one', '各参数或唯一列表中最小的'],
  ],
  [
    'decMax',
    'decMax',
    'first, ...more',
    ['Greatest decimal', '最大的小数'],
    ['Of all arguments, or of the list that is the only one', '各参数或唯一列表中最大的'],
  ],
  [
    'now',
    'now',
    '',
    ['Now', '当前时间'],
    ['When this step is evaluated, in UTC; the same in a replay', '本步骤求值的时刻（UTC），重放时不变'],
  ],
  [
    'addDuration',
    'addDuration',
    'date, duration',
    ['Later or earlier', '加上时长'],
    [
      'addDuration(now(), "-30d"); units ms s m h d or ISO 8601',
      'addDuration(now(), "-30d")；单位 ms s m h d 或 ISO 8601',
    ],
  ],
  [
    'formatDate',
    'formatDate',
    'date, pattern, timeZone?',
    ['Write a date', '格式化日期'],
    [
      'formatDate(now(), "yyyy-MM-dd HH:mm"); Asia/Shanghai unless told',
      'formatDate(now(), "yyyy-MM-dd HH:mm")；默认时区 Asia/Shanghai',
    ],
  ],
  [
    'dateDiff',
    'dateDiff',
    'from, to, unit',
    ['Time between', '相差'],
    [
      'Whole milliseconds, seconds, minutes, hours, days; between two days also months, years',
      '相差的整 milliseconds、seconds、minutes、hours、days；两个日期之间还可用 months、years',
    ],
  ],
  [
    'isBusinessDay',
    'isBusinessDay',
    'date, calendar?',
    ['Is a business day', '是否工作日'],
    ['Monday to Friday unless the calendar says otherwise', '默认周一至周五，以日历为准'],
  ],
  [
    'addBusinessDays',
    'addBusinessDays',
    'date, days, calendar?',
    ['Business days later', '加工作日'],
    ['With 0 a day off moves on to the next business day', 'days 为 0 时，非工作日顺延到下一工作日'],
  ],
  [
    'nextBusinessDay',
    'nextBusinessDay',
    'date, calendar?',
    ['Next business day', '下一工作日'],
    ['The first business day after the date', '该日期之后的第一个工作日'],
  ],
];

const notations: readonly FormulaFunction[] = [
  {
    name: 'calendar',
    arguments: args('holidays?, workdays?, timeZone?'),
    title: { en: 'Calendar', zh: '日历' },
    doc: {
      en: 'calendar(["2026-10-01"], ["2026-10-10"], "Asia/Shanghai"): days off, weekend days worked, zone; null for none',
      zh: 'calendar(["2026-10-01"], ["2026-10-10"], "Asia/Shanghai")：节假日、调休上班日、时区；没有则写 null',
    },
  },
  {
    name: 'op',
    arguments: args('operator, ...arguments'),
    title: { en: 'Any operator', zh: '任意运算' },
    doc: {
      en: 'op("<", a, b): an operator by its JSONLogic name, for what has no better notation',
      zh: 'op("<", a, b)：按 JSONLogic 名称写的运算，用于没有更好写法的情形',
    },
  },
];

/** All functions that a formula can call, for completion and help. */
export const formulaFunctions: readonly FormulaFunction[] = [
  ...rows.map(([name, operator, names, [en, zh], [enDoc, zhDoc]]) => ({
    name,
    operator,
    arguments: args(names),
    title: { en, zh },
    doc: { en: enDoc, zh: zhDoc },
  })),
  ...notations,
];

export const functionByName: ReadonlyMap<string, FormulaFunction> = new Map(
  formulaFunctions.map((known) => [known.name, known]),
);

export const functionByOperator: ReadonlyMap<string, FormulaFunction> = new Map(
  formulaFunctions.flatMap((known) => (known.operator === undefined ? [] : [[known.operator, known] as const])),
);

/** How many arguments a function takes. */
export function arityOf({ arguments: all }: FormulaFunction): readonly [min: number, max: number] {
  const min = all.filter(({ kind }) => kind === undefined || kind === 'body').length;
  return [min, all.some(({ kind }) => kind === 'rest') ? Number.POSITIVE_INFINITY : all.length];
}
