import { declareTypes, type MessageType } from './types.ts';

const wrapped = (type: string) => ({ value: `1 ${type}` });

const declared = {
  'google.protobuf.Any': { type_url: '1 string', value: '2 bytes' },
  'google.protobuf.Duration': { seconds: '1 int64', nanos: '2 int32' },
  'google.protobuf.Empty': {},
  'google.protobuf.FieldMask': { paths: '1 repeated string' },
  'google.protobuf.Timestamp': { seconds: '1 int64', nanos: '2 int32' },
  'google.protobuf.Struct': { fields: '1 map<string,google.protobuf.Value>' },
  'google.protobuf.ListValue': { values: '1 repeated google.protobuf.Value' },
  'google.protobuf.Value': {
    null_value: '1 oneof google.protobuf.NullValue',
    number_value: '2 oneof double',
    string_value: '3 oneof string',
    bool_value: '4 oneof bool',
    struct_value: '5 oneof google.protobuf.Struct',
    list_value: '6 oneof google.protobuf.ListValue',
  },
  'google.protobuf.DoubleValue': wrapped('double'),
  'google.protobuf.FloatValue': wrapped('float'),
  'google.protobuf.Int64Value': wrapped('int64'),
  'google.protobuf.UInt64Value': wrapped('uint64'),
  'google.protobuf.Int32Value': wrapped('int32'),
  'google.protobuf.UInt32Value': wrapped('uint32'),
  'google.protobuf.BoolValue': wrapped('bool'),
  'google.protobuf.StringValue': wrapped('string'),
  'google.protobuf.BytesValue': wrapped('bytes'),
};

/** Files that everybody has: they need not be given. Those with types of use are built in, the others only declare options. */
export const builtInFiles: ReadonlySet<string> = new Set(
  [
    ...['any', 'api', 'descriptor', 'duration', 'empty', 'field_mask', 'source_context', 'struct', 'timestamp', 'type'],
    'wrappers',
  ].map((name) => `google/protobuf/${name}.proto`),
);

/** Known without descriptors, so that nobody can describe them in another way. */
export function builtInType(name: string, lookup: (name: string) => MessageType | undefined): MessageType | undefined {
  if (!Object.hasOwn(declared, name)) return undefined;
  const type = build(name);
  // What an Any may hold depends on who asks.
  return name === 'google.protobuf.Any' ? { ...type, lookup } : type;
}

const build = declareTypes(declared);
