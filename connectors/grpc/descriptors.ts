import type { Json } from '../sdk/index.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { declareTypes, TypesError } from './types.ts';
import { WireError } from './wire.ts';

/** The parts of `google/protobuf/descriptor.proto` that calls and schemas need; what is not here is dropped. */
const descriptorTypes = declareTypes({
  FileDescriptorSet: { file: '1 repeated FileDescriptorProto' },
  FileDescriptorProto: {
    name: '1 string',
    package: '2 string',
    dependency: '3 repeated string',
    message_type: '4 repeated DescriptorProto',
    enum_type: '5 repeated EnumDescriptorProto',
    service: '6 repeated ServiceDescriptorProto',
    options: '8 FileOptions',
    source_code_info: '9 SourceCodeInfo',
    syntax: '12 string',
    edition: '14 int32',
  },
  DescriptorProto: {
    name: '1 string',
    field: '2 repeated FieldDescriptorProto',
    nested_type: '3 repeated DescriptorProto',
    enum_type: '4 repeated EnumDescriptorProto',
    options: '7 MessageOptions',
    oneof_decl: '8 repeated OneofDescriptorProto',
  },
  FieldDescriptorProto: {
    name: '1 string',
    number: '3 int32',
    label: '4 int32',
    type: '5 int32',
    type_name: '6 string',
    options: '8 FieldOptions',
    oneof_index: '9 optional int32',
    proto3_optional: '17 bool',
  },
  OneofDescriptorProto: { name: '1 string' },
  EnumDescriptorProto: { name: '1 string', value: '2 repeated EnumValueDescriptorProto' },
  EnumValueDescriptorProto: { name: '1 string', number: '2 int32' },
  ServiceDescriptorProto: { name: '1 string', method: '2 repeated MethodDescriptorProto' },
  MethodDescriptorProto: {
    name: '1 string',
    input_type: '2 string',
    output_type: '3 string',
    options: '4 MethodOptions',
    client_streaming: '5 bool',
    server_streaming: '6 bool',
  },
  FileOptions: { features: '50 FeatureSet' },
  MessageOptions: { map_entry: '7 bool', features: '12 FeatureSet' },
  FieldOptions: { packed: '2 optional bool', features: '21 FeatureSet' },
  MethodOptions: { deprecated: '33 bool', idempotency_level: '34 int32' },
  FeatureSet: { field_presence: '1 int32', message_encoding: '5 int32' },
  SourceCodeInfo: { location: '1 repeated Location' },
  Location: { path: '1 repeated int32', leading_comments: '3 string', trailing_comments: '4 string' },
});

export interface FileDescriptor {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
  readonly message_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly service: readonly ServiceDescriptor[];
  readonly options?: { readonly features?: Features };
  readonly source_code_info?: { readonly location: readonly SourceLocation[] };
  /** Empty stands for proto2. */
  readonly syntax: string;
  readonly edition: number;
}

export interface MessageDescriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly nested_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly options?: { readonly map_entry: boolean; readonly features?: Features };
  readonly oneof_decl: readonly { readonly name: string }[];
}

export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  /** 1 optional, 2 required, 3 repeated. */
  readonly label: number;
  /** As {@link fieldTypes} numbers them. */
  readonly type: number;
  /** In full, with a leading dot. */
  readonly type_name: string;
  readonly options?: { readonly packed?: boolean; readonly features?: Features };
  readonly oneof_index?: number;
  readonly proto3_optional: boolean;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number: number }[];
}

export interface ServiceDescriptor {
  readonly name: string;
  readonly method: readonly MethodDescriptor[];
}

export interface MethodDescriptor {
  readonly name: string;
  readonly input_type: string;
  readonly output_type: string;
  /** `idempotency_level`: 1 no side effects, 2 idempotent. */
  readonly options?: { readonly deprecated: boolean; readonly idempotency_level: number };
  readonly client_streaming: boolean;
  readonly server_streaming: boolean;
}

interface Features {
  /** 1 explicit, 2 implicit, 3 required as of old. */
  readonly field_presence: number;
  /** 1 behind a length, 2 between two tags. */
  readonly message_encoding: number;
}

interface SourceLocation {
  readonly path: readonly number[];
  readonly leading_comments: string;
  readonly trailing_comments: string;
}

/** The numbers of field types in descriptors. */
export const fieldTypes = [
  ...['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string', 'group', 'message'],
  ...['bytes', 'uint32', 'enum', 'sfixed32', 'sfixed64', 'sint32', 'sint64'],
] as const;

/** @throws {TypesError} */
export function readFile(bytes: Buffer): FileDescriptor {
  return read('FileDescriptorProto', bytes) as unknown as FileDescriptor; // the declaration above
}

/** @param base64 a FileDescriptorSet @throws {TypesError} */
export function readFiles(base64: string): readonly FileDescriptor[] {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw new TypesError('must be a FileDescriptorSet as base64');
  const set = read('FileDescriptorSet', Buffer.from(base64, 'base64')) as unknown as {
    readonly file: readonly FileDescriptor[];
  }; // the declaration above
  return set.file;
}

/** As base64, without comments: those are in the schemas, and calls do not need them. */
export function writeFiles(files: readonly FileDescriptor[]): string {
  const bare = files.map(({ source_code_info: _comments, ...file }) => file);
  return encode(descriptorTypes('FileDescriptorSet'), { file: bare } as unknown as Json).toString('base64');
}

function read(type: string, bytes: Buffer): Json {
  try {
    return decode(descriptorTypes(type), bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new TypesError(`must be a FileDescriptorSet: ${error.message}`, { cause: error });
  }
}
