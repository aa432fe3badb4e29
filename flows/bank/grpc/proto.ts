/** What the bank serves by gRPC; members are called as over HTTP, amounts are texts as there. */
export const proto = `syntax = "proto3";
package bank;

service Score {
  rpc score(ScoreRequest) returns (ScoreReply) { option idempotency_level = NO_SIDE_EFFECTS; }
}

service CoreLedger {
  rpc getAccount(AccountRequest) returns (Account) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc hold(HoldRequest) returns (Hold) { option idempotency_level = IDEMPOTENT; }
  rpc unhold(UnholdRequest) returns (Released) { option idempotency_level = IDEMPOTENT; }
}

message ScoreRequest {
  string customerId = 1;
  string amount = 2;
  optional int32 months = 3;
  optional int32 overdue24m = 4;
}
message ScoreReply {
  string customerId = 1;
  int32 score = 2;
  string band = 3;
  repeated string reasons = 4;
  string model = 5;
}
message AccountRequest { string accountNo = 1; }
message Account {
  string accountNo = 1;
  string name = 2;
  string owner = 3;
  string kind = 4;
  string status = 5;
  string balance = 6;
  string heldAmount = 7;
  string availableBalance = 8;
  string currency = 9;
}
message HoldRequest {
  string accountNo = 1;
  string amount = 2;
  optional string currency = 3;
  optional string reason = 4;
  optional string serialNo = 5;
}
message Hold {
  string holdId = 1;
  string serialNo = 2;
  string status = 3;
  string accountNo = 4;
  string amount = 5;
  string currency = 6;
  string availableBalance = 7;
}
message UnholdRequest {
  string holdId = 1;
  optional bool allowMissing = 2;
  optional string serialNo = 3;
}
message Released {
  string holdId = 1;
  string serialNo = 2;
  string status = 3;
  string amount = 4;
  string currency = 5;
}
`;

/** Which service of the bank answers which of the proto. */
export const served = [
  { service: 'score', name: 'bank.Score', operations: ['score'] },
  { service: 'core-ledger', name: 'bank.CoreLedger', operations: ['getAccount', 'hold', 'unhold'] },
] as const;
