BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attempt (
	message_id VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	postponed_since DATETIME, 
	PRIMARY KEY (message_id)
);
CREATE TABLE awaited (
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	customer VARCHAR(63) NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	contact VARCHAR(254) NOT NULL, 
	revision INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	latest_at DATETIME NOT NULL, 
	answered BOOLEAN NOT NULL, 
	PRIMARY KEY (location, week, customer, address)
);
INSERT INTO "awaited" VALUES('rzob','2026-W49','acme-rzob','ops@acme-rzob.example','ops@acme-rzob.example',2,'2026-11-23 08:00:30.630895','2026-12-03 05:00:00.000000',1);
INSERT INTO "awaited" VALUES('rzob','2026-W49','globex-rzob','ops@globex-rzob.example','ops@globex-rzob.example',3,'2026-11-23 08:00:32.869208','2026-12-03 05:00:00.000000',0);
INSERT INTO "awaited" VALUES('rzob','2026-W49','initech-rzob','ops@initech-rzob.example','ops@initech-rzob.example',2,'2026-11-23 08:00:30.630895','2026-12-02 05:00:00.000000',1);
CREATE TABLE inbox (
	message_id VARCHAR NOT NULL, 
	body_digest VARCHAR(64) NOT NULL, 
	processed_at DATETIME NOT NULL, 
	PRIMARY KEY (message_id)
);
INSERT INTO "inbox" VALUES('1926a7ba-dd33-4ff9-9b63-baa62c8f1b9f','d368143506ecdd29e6977a2e927e24416fea703ce45f9e79eec6b38aa3a58b4c','2026-11-25 14:36:30.387450');
INSERT INTO "inbox" VALUES('71fc7d4e-59f2-44b1-a991-646b345529c9','da0586723c0eefc2937373a3eef3b9a26c5449b10472bca2402e2fe8f788b84e','2026-11-25 14:36:30.601850');
INSERT INTO "inbox" VALUES('a83003d2-ab00-49ba-8729-3bd4e40a9742','9aa0322e49a536b02a44d9aadcf3e0cd16d1f190e4becb71fbfadc49e73ee634','2026-11-25 14:36:32.483030');
INSERT INTO "inbox" VALUES('45f96b2c-003c-4472-b151-53a7ecad979d','832642ecd0ee5b5e5023cb36ff26fdfb4dfd767e950ae3dbf23b938a0fa340ca','2026-11-25 14:36:33.571419');
INSERT INTO "inbox" VALUES('b649aa4a-e973-46a5-a6ba-1254c5bcb5a8','efd2688cde582ecd4988c841a56433f9f8879cc629fdfe17271c405e6211fab0','2026-11-25 14:36:33.783524');
INSERT INTO "inbox" VALUES('7c5bb0eb-94f9-4316-911c-1ebf836d9d41','e9a5e5bb03949efac78966b6e5e10255348832830f05f403386d524fd279fc14','2026-11-25 14:36:34.950824');
INSERT INTO "inbox" VALUES('2911212a-037c-4230-b9b7-3118ead611ee','b3c432fb609c387d82e486981bb58af009c8d130c8572138d8656c5c7562f9e3','2026-11-25 14:36:35.063261');
INSERT INTO "inbox" VALUES('e485c3bc-598c-4e89-a206-f2fc9904f65b','bd002c97a08bb58a96290680a2fe84825cd4e67fbe8ba1c811123295166174e1','2026-11-25 14:36:35.199259');
INSERT INTO "inbox" VALUES('02302264-4372-42ee-8a26-0715f9cf34f2','a12e0eab27e94d8ab2524aec3b781c6097f4a512d3cb736aa6cef58b9e615f3b','2026-11-25 14:36:35.854888');
INSERT INTO "inbox" VALUES('3ce321dd-36ca-4c73-854c-25fc59714acc','abba3553b7787880060027f508524bfb43c07666c17955d2a480487e5baa76be','2026-11-25 14:36:36.963793');
INSERT INTO "inbox" VALUES('4ee0c01d-f430-47e3-bcaf-8e3b4f215cd6','81cc6db7d1fc88a79d744699971c1a45b42af03b3c334a44667269050e3a388f','2026-11-25 14:36:37.019987');
INSERT INTO "inbox" VALUES('9df27df8-35df-4911-ae18-9214a75738a5','4dad69781a12acd4078eda4b072d7f57a9ca15df4fb58e18d11975b4a3f8a09e','2026-11-25 14:36:37.375188');
INSERT INTO "inbox" VALUES('2c1c221e-ba8a-4430-8708-eb5647cd7c5a','7f34251104c9cf74365d6d1383ed3885c64c11b90bf7e95e2cbeef36c8a1b8b8','2026-11-25 14:36:37.448128');
INSERT INTO "inbox" VALUES('6d541308-dded-4387-954f-29f7b091c3ea','9618dbd0610628fcb048c7284ba6a01bca349cfe7c08343579d4574d7782c55e','2026-11-25 14:36:37.593191');
INSERT INTO "inbox" VALUES('a6d9b26e-d18f-40da-bd24-81d3adce925b','486b596eb6105ddbeb3938d99ad1d2bc4d5ef4af07a38dfacf5f84bad9a463cf','2026-11-25 14:36:59.007516');
CREATE TABLE notice (
	notice_id VARCHAR(128) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	customer VARCHAR(63) NOT NULL, 
	contact VARCHAR(254) NOT NULL, 
	revision INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (notice_id, state)
);
INSERT INTO "notice" VALUES('482cd852387e6fde16bc04919a8ed7a4','sent','rzob','2026-W49','acme-rzob','ops@acme-rzob.example',1,'2026-11-23 08:00:06.009337','');
INSERT INTO "notice" VALUES('a8eaa65c20fed36d0b09408e47291f9e','sent','rzob','2026-W49','globex-rzob','ops@globex-rzob.example',1,'2026-11-23 08:00:07.156497','');
INSERT INTO "notice" VALUES('9dee4064a30a68e34cf90c65ecd62f3b','sent','rzob','2026-W49','initech-rzob','ops@initech-rzob.example',1,'2026-11-23 08:00:07.442842','');
INSERT INTO "notice" VALUES('b4ba9c3c7fe9e35f8df14801c5b10351','failed','rzob','2026-W49','acme-rzob','ops@acme-rzob.example',2,'2026-11-23 08:00:09.369396','550 5.1.1 no such user');
INSERT INTO "notice" VALUES('8ba8c202e22cc149937546705d5336ab','failed','rzob','2026-W49','initech-rzob','ops@initech-rzob.example',2,'2026-11-23 08:00:10.643566','gave up after 2 attempts: smtp://127.0.0.1:37085: Unexpected EOF received');
INSERT INTO "notice" VALUES('eeda8c0b66db9c62b6065bc4a5d8723d','skipped','rzob','2026-W49','globex-rzob','ops@globex-rzob.example',2,'2026-11-23 08:00:11.215519','a newer plan revision made it untrue');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	message_id VARCHAR NOT NULL, 
	stream VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	headers JSON NOT NULL, 
	body BLOB NOT NULL, 
	sent_at DATETIME, 
	UNIQUE (message_id)
);
INSERT INTO "outbox" VALUES(1,'571ffa66-c994-48bb-b0a8-0c754811e82c','EVENTS','evt.rzob.2026-W49.audit-passed.v1','{"Nats-Msg-Id": "571ffa66-c994-48bb-b0a8-0c754811e82c", "ce-specversion": "1.0", "ce-id": "571ffa66-c994-48bb-b0a8-0c754811e82c", "ce-type": "mweek.audit-passed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:09.287322Z", "content-type": "application/json", "mweek-correlation-id": "story-2-message"}',X'7B226D6573736167655F6964223A2235373166666136362D633939342D343862622D623061382D306337353438313165383263222C22636175736174696F6E5F6964223A2237316663376434652D353966322D343462312D613939312D363436623334353532396339222C22636F7272656C6174696F6E5F6964223A2273746F72792D322D6D657373616765222C226F636375727265645F6174223A22323032362D31312D32335430383A30303A30392E3238373332325A222C226C6F636174696F6E223A22727A6F62222C227765656B223A22323032362D573439222C22706C616E5F6964223A22727A6F622F323032362D5734392F7231222C227265766973696F6E223A312C2270726576696577223A66616C73652C226F63636173696F6E223A227265766973696F6E222C2261756469745F6964223A2235646634353261622D616536342D343638352D623931332D383163373038306364376537222C22617564697465645F6174223A22323032362D31312D32335430383A30303A30392E3232303538355A222C226D616368696E6573223A362C2277696E646F7773223A362C22637573746F6D6572735F746F6C64223A337D','2026-11-25 14:36:33.974789');
INSERT INTO "outbox" VALUES(2,'2afec791-699b-425a-a1cc-1950c9132393','EVENTS','evt.rzob.2026-W49.audit-failed.v1','{"Nats-Msg-Id": "2afec791-699b-425a-a1cc-1950c9132393", "ce-specversion": "1.0", "ce-id": "2afec791-699b-425a-a1cc-1950c9132393", "ce-type": "mweek.audit-failed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:11.328211Z", "content-type": "application/json", "mweek-correlation-id": "story-6-message"}',X'7B226D6573736167655F6964223A2232616665633739312D363939622D343235612D613163632D313935306339313332333933222C22636175736174696F6E5F6964223A2265343835633362632D353938632D346538392D613230362D663266633939303466363562222C22636F7272656C6174696F6E5F6964223A2273746F72792D362D6D657373616765222C226F636375727265645F6174223A22323032362D31312D32335430383A30303A31312E3332383231315A222C226C6F636174696F6E223A22727A6F62222C227765656B223A22323032362D573439222C22706C616E5F6964223A22727A6F622F323032362D5734392F7232222C227265766973696F6E223A322C2270726576696577223A66616C73652C226F63636173696F6E223A227265766973696F6E222C2261756469745F6964223A2237373330356333612D333165312D343134302D626165662D643239303035353261353835222C22617564697465645F6174223A22323032362D31312D32335430383A30303A31312E3332363239365A222C226D616368696E6573223A372C2277696E646F7773223A372C22637573746F6D6572735F746F6C64223A312C2266696E64696E67735F746F74616C223A312C2266696E64696E6773223A5B7B22636F6465223A226E6F746963652D6661696C6564222C226D616368696E65223A6E756C6C2C2274657874223A22546865206E6F7469636520746F206F70734061636D652D727A6F622E6578616D706C65206F6620637573746F6D65722061636D652D727A6F62206661696C65643A2035353020352E312E31206E6F207375636820757365722E227D5D7D','2026-11-25 14:36:35.923003');
INSERT INTO "outbox" VALUES(3,'87b9af2c-1c97-403a-a5f4-58b64ae9a870','EVENTS','evt.rzob.2026-W49.audit-failed.v1','{"Nats-Msg-Id": "87b9af2c-1c97-403a-a5f4-58b64ae9a870", "ce-specversion": "1.0", "ce-id": "87b9af2c-1c97-403a-a5f4-58b64ae9a870", "ce-type": "mweek.audit-failed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:33.801576Z", "content-type": "application/json", "mweek-correlation-id": "story-8-message"}',X'7B226D6573736167655F6964223A2238376239616632632D316339372D343033612D613566342D353862363461653961383730222C22636175736174696F6E5F6964223A2232633163323231652D626138612D343433302D383730382D656235363437636437633561222C22636F7272656C6174696F6E5F6964223A2273746F72792D382D6D657373616765222C226F636375727265645F6174223A22323032362D31312D32335430383A30303A33332E3830313537365A222C226C6F636174696F6E223A22727A6F62222C227765656B223A22323032362D573439222C22706C616E5F6964223A22727A6F622F323032362D5734392F7233222C227265766973696F6E223A332C2270726576696577223A66616C73652C226F63636173696F6E223A227265766973696F6E222C2261756469745F6964223A2238666666356266322D313031322D346337352D616135622D633530313433383333613433222C22617564697465645F6174223A22323032362D31312D32335430383A30303A33332E3734343936375A222C226D616368696E6573223A382C2277696E646F7773223A382C22637573746F6D6572735F746F6C64223A322C2266696E64696E67735F746F74616C223A332C2266696E64696E6773223A5B7B22636F6465223A226E6F742D746F6C64222C226D616368696E65223A6E756C6C2C2274657874223A226F707340676C6F6265782D727A6F622E6578616D706C65206F6620637573746F6D657220676C6F6265782D727A6F6220686173206E6F74206265656E20746F6C64206F66207265766973696F6E20332E227D2C7B22636F6465223A226E6F746963652D6661696C6564222C226D616368696E65223A6E756C6C2C2274657874223A22546865206E6F7469636520746F206F70734061636D652D727A6F622E6578616D706C65206F6620637573746F6D65722061636D652D727A6F62206661696C65643A2035353020352E312E31206E6F207375636820757365722E227D2C7B22636F6465223A226E6F746963652D6661696C6564222C226D616368696E65223A6E756C6C2C2274657874223A22546865206E6F7469636520746F206F707340696E69746563682D727A6F622E6578616D706C65206F6620637573746F6D657220696E69746563682D727A6F62206661696C65643A2067617665207570206166746572203220617474656D7074733A20736D74703A2F2F3132372E302E302E313A33373038353A20556E657870656374656420454F462072656365697665642E227D5D7D','2026-11-25 14:36:58.499158');
CREATE TABLE "plan" (
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	plan_id VARCHAR(128) NOT NULL, 
	revision INTEGER NOT NULL, 
	cancelled BOOLEAN NOT NULL, 
	closing TEXT NOT NULL, 
	parent_phases JSON, 
	heard_at DATETIME NOT NULL, 
	notices_due_at DATETIME, 
	inventory_due_at DATETIME, 
	next_look_at DATETIME, 
	PRIMARY KEY (location, week)
);
INSERT INTO "plan" VALUES('rzob','2026-W49','rzob/2026-W49/r3',3,0,'{"message_id":"2c1c221e-ba8a-4430-8708-eb5647cd7c5a","causation_id":"story-8-message","correlation_id":"story-8-message","occurred_at":"2026-11-23T08:00:12.559302Z","location":"rzob","week":"2026-W49","plan_id":"rzob/2026-W49/r3","revision":3,"preview":false,"parent_revision":2,"command_id":"story-8","pattern":{"pattern":"one-few-many","description":"One, few, many – the operator''s own machines first, routers and KVM hosts apart, production last","phases":[{"name":"monday-0900","opens":"mon 09:00","lasts":"4h","takes":[{"select":{"role":["automation","monitoring","build"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"monday-1300","opens":"mon 13:00","lasts":"4h","takes":[{"select":{"role":["router"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":1,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":1,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"monday-1700","opens":"mon 17:00","lasts":"5h","takes":[{"select":{"role":["litmus"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["customer"],"environment":["test"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":null,"at_most":null,"sample":"12%","prefer":null}]},{"name":"tuesday-1700","opens":"tue 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["test"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":false,"labels":null},"take":null,"count":null,"share":null,"at_most":"5%","sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"20%","at_most":null,"sample":null,"prefer":null}]},{"name":"wednesday-1700","opens":"wed 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"30%","at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"30%","at_most":null,"sample":null,"prefer":null}]},{"name":"thursday-1700","opens":"thu 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"saturday-0900","opens":"sat 09:00","lasts":"4h","takes":[{"select":{"role":["kvm-host"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"saturday-1300","opens":"sat 13:00","lasts":"4h","takes":[{"select":{"role":["router"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]}],"remainder":"thursday-1700"},"phases":[{"phase":"monday-0900","opens_at":"2026-11-30T09:00:00Z","closes_at":"2026-11-30T13:00:00Z","machines":0},{"phase":"monday-1300","opens_at":"2026-11-30T13:00:00Z","closes_at":"2026-11-30T17:00:00Z","machines":0},{"phase":"monday-1700","opens_at":"2026-11-30T17:00:00Z","closes_at":"2026-11-30T22:00:00Z","machines":1},{"phase":"tuesday-1700","opens_at":"2026-12-01T17:00:00Z","closes_at":"2026-12-01T22:00:00Z","machines":1},{"phase":"wednesday-1700","opens_at":"2026-12-02T17:00:00Z","closes_at":"2026-12-02T22:00:00Z","machines":2},{"phase":"thursday-1700","opens_at":"2026-12-03T17:00:00Z","closes_at":"2026-12-03T22:00:00Z","machines":4},{"phase":"saturday-0900","opens_at":"2026-12-05T09:00:00Z","closes_at":"2026-12-05T13:00:00Z","machines":0},{"phase":"saturday-1300","opens_at":"2026-12-05T13:00:00Z","closes_at":"2026-12-05T17:00:00Z","machines":0}],"windows":8,"unplaced":0,"outside_acceptable":8,"assigned_parts":1,"withdrawn_parts":0,"digest":"b4a8be167bd2c084713818b61630ac1645f1cb869cdbafba440361db28aae372","records":{"stream_created_at":"2020-11-25T14:33:51.622355Z","sequence":14},"compromises":[],"overrides":[],"scheduled_at":"2026-11-23T08:00:12.528275Z"}','[{"phase": "monday-0900", "opens_at": "2026-11-30T09:00:00Z", "closes_at": "2026-11-30T13:00:00Z", "machines": 0}, {"phase": "monday-1300", "opens_at": "2026-11-30T13:00:00Z", "closes_at": "2026-11-30T17:00:00Z", "machines": 0}, {"phase": "monday-1700", "opens_at": "2026-11-30T17:00:00Z", "closes_at": "2026-11-30T22:00:00Z", "machines": 1}, {"phase": "tuesday-1700", "opens_at": "2026-12-01T17:00:00Z", "closes_at": "2026-12-01T22:00:00Z", "machines": 1}, {"phase": "wednesday-1700", "opens_at": "2026-12-02T17:00:00Z", "closes_at": "2026-12-02T22:00:00Z", "machines": 2}, {"phase": "thursday-1700", "opens_at": "2026-12-03T17:00:00Z", "closes_at": "2026-12-03T22:00:00Z", "machines": 3}, {"phase": "saturday-0900", "opens_at": "2026-12-05T09:00:00Z", "closes_at": "2026-12-05T13:00:00Z", "machines": 0}, {"phase": "saturday-1300", "opens_at": "2026-12-05T13:00:00Z", "closes_at": "2026-12-05T17:00:00Z", "machines": 0}]','2026-11-23 08:00:12.869208',NULL,NULL,'2026-11-30 08:30:00.000000');
CREATE TABLE plan_part (
	plan_id VARCHAR(128) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	part INTEGER NOT NULL, 
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (plan_id, kind, part)
);
INSERT INTO "plan_part" VALUES('rzob/2026-W49/r3','assigned',1,'rzob','2026-W49','{"message_id":"9df27df8-35df-4911-ae18-9214a75738a5","causation_id":"story-8-message","correlation_id":"story-8-message","occurred_at":"2026-11-23T08:00:12.559225Z","location":"rzob","week":"2026-W49","plan_id":"rzob/2026-W49/r3","revision":3,"preview":false,"part":1,"windows":[{"phase":"thursday-1700","opens_at":"2026-12-03T17:00:00Z","closes_at":"2026-12-03T22:00:00Z","machine":"globex-prod02","customer":"globex-rzob","reason":"joined","facts":{},"affects":[],"change":"new","previous":null}],"unplaced":[]}');
CREATE TABLE plan_window (
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	parent BOOLEAN NOT NULL, 
	machine VARCHAR(63) NOT NULL, 
	number INTEGER NOT NULL, 
	phase VARCHAR(63) NOT NULL, 
	opens_at DATETIME NOT NULL, 
	closes_at DATETIME NOT NULL, 
	PRIMARY KEY (location, week, parent, machine, number)
);
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'globex-test01',1,'monday-1700','2026-11-30 17:00:00.000000','2026-11-30 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'acme-test01',1,'tuesday-1700','2026-12-01 17:00:00.000000','2026-12-01 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'acme-prod01',1,'wednesday-1700','2026-12-02 17:00:00.000000','2026-12-02 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'initech-prod01',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'initech-prod02',1,'wednesday-1700','2026-12-02 17:00:00.000000','2026-12-02 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'acme-prod03',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'globex-prod01',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'acme-prod01',1,'wednesday-1700','2026-12-02 17:00:00.000000','2026-12-02 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'acme-prod03',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'acme-test01',1,'tuesday-1700','2026-12-01 17:00:00.000000','2026-12-01 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'globex-prod01',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'globex-test01',1,'monday-1700','2026-11-30 17:00:00.000000','2026-11-30 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'initech-prod01',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',1,'initech-prod02',1,'wednesday-1700','2026-12-02 17:00:00.000000','2026-12-02 22:00:00.000000');
INSERT INTO "plan_window" VALUES('rzob','2026-W49',0,'globex-prod02',1,'thursday-1700','2026-12-03 17:00:00.000000','2026-12-03 22:00:00.000000');
CREATE TABLE record (
	kind VARCHAR(8) NOT NULL, 
	location VARCHAR(63) NOT NULL, 
	name VARCHAR(63) NOT NULL, 
	document JSON, 
	stream_created_at DATETIME NOT NULL, 
	after_sequence BIGINT NOT NULL, 
	upto_sequence BIGINT NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (kind, location, name)
);
INSERT INTO "record" VALUES('customer','','acme-rzob','{"customer": "acme-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@acme-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "e8abebb9-e287-4b45-a3ac-56010df7264a", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794229Z", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('customer','','globex-rzob','{"customer": "globex-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@globex-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [{"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-02T23:59:00Z", "reason": "fair"}], "notice_hours": 12, "max_parallel": null, "message_id": "58d8c3ab-a4a0-4e05-877f-805f798ecb96", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:17.753570Z", "revision": 2, "removed": false}','2020-11-25 14:33:51.622355',9,13,2);
INSERT INTO "record" VALUES('customer','','initech-rzob','{"customer": "initech-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@initech-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "3f898599-4e35-43a6-8ede-10b8aed09785", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794358Z", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','acme-test01','{"name": "acme-test01", "kind": "virtual", "role": "customer", "environment": "test", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "3e5c190a-3898-4700-9774-a6aee13e696b", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794393Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','acme-prod01','{"name": "acme-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "ef401bbe-6491-4d42-bb09-b88672b939dd", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794445Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','acme-prod02','null','2020-11-25 14:33:51.622355',9,13,2);
INSERT INTO "record" VALUES('machine','rzob','globex-test01','{"name": "globex-test01", "kind": "virtual", "role": "customer", "environment": "test", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "3beefafa-52e9-4277-9a65-dba084b201f6", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794525Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','globex-prod01','{"name": "globex-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "90be726e-6b65-4c3a-8743-e13f7cd130e3", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794567Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','initech-prod01','{"name": "initech-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "initech-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "5df6dea5-c20f-4016-9f58-6904146ae8e0", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794599Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1);
INSERT INTO "record" VALUES('machine','rzob','acme-prod03','{"name": "acme-prod03", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "c64327e9-d63e-4e94-82ce-37ea8274357b", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:17.753649Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',9,13,1);
INSERT INTO "record" VALUES('machine','rzob','initech-prod02','{"name": "initech-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "initech-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "9dc7d696-556c-491b-9489-3884f6953f28", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:17.753713Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',9,13,1);
INSERT INTO "record" VALUES('machine','rzob','globex-prod02','{"name": "globex-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "80ae13f6-f3c8-4320-b98f-6ee99092ea00", "causation_id": "story-7-message", "correlation_id": "story-7-message", "occurred_at": "2026-11-23T08:00:20.265596Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',13,14,1);
CREATE TABLE record_version (
	kind VARCHAR(8) NOT NULL, 
	location VARCHAR(63) NOT NULL, 
	name VARCHAR(63) NOT NULL, 
	document JSON, 
	stream_created_at DATETIME NOT NULL, 
	after_sequence BIGINT NOT NULL, 
	upto_sequence BIGINT NOT NULL, 
	revision INTEGER NOT NULL, 
	superseded_at DATETIME NOT NULL, 
	PRIMARY KEY (kind, location, name, revision)
);
INSERT INTO "record_version" VALUES('customer','','globex-rzob','{"customer": "globex-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@globex-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "c999c088-374c-4c5c-8dce-eadc8f0a3d5f", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794319Z", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1,'2026-11-23 08:00:10.170346');
INSERT INTO "record_version" VALUES('machine','rzob','acme-prod02','{"name": "acme-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "5d0f65ff-3401-4dae-9cb8-51b828536f94", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:11.794489Z", "location": "rzob", "revision": 1, "removed": false}','2020-11-25 14:33:51.622355',0,9,1,'2026-11-23 08:00:10.170346');
CREATE TABLE report (
	audit_id VARCHAR(128) NOT NULL, 
	location VARCHAR(63) NOT NULL, 
	week VARCHAR(8) NOT NULL, 
	plan_id VARCHAR(128) NOT NULL, 
	revision INTEGER NOT NULL, 
	preview BOOLEAN NOT NULL, 
	occasion VARCHAR(32) NOT NULL, 
	audited_at DATETIME NOT NULL, 
	machines INTEGER NOT NULL, 
	windows INTEGER NOT NULL, 
	phases INTEGER NOT NULL, 
	unplaced INTEGER NOT NULL, 
	customers_told INTEGER NOT NULL, 
	findings_total INTEGER NOT NULL, 
	findings JSON NOT NULL, 
	PRIMARY KEY (audit_id)
);
INSERT INTO "report" VALUES('5df452ab-ae64-4685-b913-81c7080cd7e7','rzob','2026-W49','rzob/2026-W49/r1',1,0,'revision','2026-11-23 08:00:09.220585',6,6,8,0,3,0,'[]');
INSERT INTO "report" VALUES('77305c3a-31e1-4140-baef-d2900552a585','rzob','2026-W49','rzob/2026-W49/r2',2,0,'revision','2026-11-23 08:00:11.326296',7,7,8,0,1,1,'[{"code": "notice-failed", "machine": null, "text": "The notice to ops@acme-rzob.example of customer acme-rzob failed: 550 5.1.1 no such user."}]');
INSERT INTO "report" VALUES('8fff5bf2-1012-4c75-aa5b-c50143833a43','rzob','2026-W49','rzob/2026-W49/r3',3,0,'revision','2026-11-23 08:00:33.744967',8,8,8,0,2,3,'[{"code": "not-told", "machine": null, "text": "ops@globex-rzob.example of customer globex-rzob has not been told of revision 3."}, {"code": "notice-failed", "machine": null, "text": "The notice to ops@acme-rzob.example of customer acme-rzob failed: 550 5.1.1 no such user."}, {"code": "notice-failed", "machine": null, "text": "The notice to ops@initech-rzob.example of customer initech-rzob failed: gave up after 2 attempts: smtp://127.0.0.1:37085: Unexpected EOF received."}]');
CREATE TABLE stream_position (
	stream VARCHAR NOT NULL, 
	stream_created_at DATETIME NOT NULL, 
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (stream)
);
INSERT INTO "stream_position" VALUES('RECORDS','2020-11-25 14:33:51.622355',14);
CREATE TABLE stream_seen (
	stream VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_sequence BIGINT NOT NULL, 
	PRIMARY KEY (stream)
);
INSERT INTO "stream_seen" VALUES('RECORDS','2020-11-25 14:33:51.622355',0);
INSERT INTO "stream_seen" VALUES('EVENTS','2020-11-25 14:33:51.883937',0);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (stream, sent_at);
CREATE INDEX ix_inbox_processed_at ON inbox (processed_at);
CREATE INDEX record_version_age ON record_version (superseded_at);
CREATE INDEX awaited_open ON awaited (location, week, answered);
CREATE INDEX notice_week ON notice (location, week);
CREATE INDEX report_week ON report (location, week, audited_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',3);
COMMIT;
