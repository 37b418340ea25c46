CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attempt (
    message_id character varying NOT NULL,
    attempts integer NOT NULL,
    postponed_since timestamp with time zone
);
CREATE TABLE public.awaited (
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    customer character varying(63) NOT NULL,
    address character varying(254) NOT NULL,
    contact character varying(254) NOT NULL,
    revision integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    latest_at timestamp with time zone NOT NULL,
    answered boolean NOT NULL
);
CREATE TABLE public.inbox (
    message_id character varying NOT NULL,
    body_digest character varying(64) NOT NULL,
    processed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.notice (
    notice_id character varying(128) NOT NULL,
    state character varying(8) NOT NULL,
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    customer character varying(63) NOT NULL,
    contact character varying(254) NOT NULL,
    revision integer NOT NULL,
    at timestamp with time zone NOT NULL,
    detail text NOT NULL
);
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    message_id character varying NOT NULL,
    stream character varying NOT NULL,
    subject character varying NOT NULL,
    headers json NOT NULL,
    body bytea NOT NULL,
    sent_at timestamp with time zone
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.plan (
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    plan_id character varying(128) NOT NULL,
    revision integer NOT NULL,
    cancelled boolean NOT NULL,
    closing text NOT NULL,
    parent_phases json,
    heard_at timestamp with time zone NOT NULL,
    notices_due_at timestamp with time zone,
    inventory_due_at timestamp with time zone,
    next_look_at timestamp with time zone
);
CREATE TABLE public.plan_part (
    plan_id character varying(128) NOT NULL,
    kind character varying(16) NOT NULL,
    part integer NOT NULL,
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.plan_window (
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    parent boolean NOT NULL,
    machine character varying(63) NOT NULL,
    number integer NOT NULL,
    phase character varying(63) NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL
);
CREATE TABLE public.record (
    kind character varying(8) NOT NULL,
    location character varying(63) NOT NULL,
    name character varying(63) NOT NULL,
    document json,
    stream_created_at timestamp with time zone NOT NULL,
    after_sequence bigint NOT NULL,
    upto_sequence bigint NOT NULL,
    revision integer NOT NULL
);
CREATE TABLE public.record_version (
    kind character varying(8) NOT NULL,
    location character varying(63) NOT NULL,
    name character varying(63) NOT NULL,
    document json,
    stream_created_at timestamp with time zone NOT NULL,
    after_sequence bigint NOT NULL,
    upto_sequence bigint NOT NULL,
    revision integer NOT NULL,
    superseded_at timestamp with time zone NOT NULL
);
CREATE TABLE public.report (
    audit_id character varying(128) NOT NULL,
    location character varying(63) NOT NULL,
    week character varying(8) NOT NULL,
    plan_id character varying(128) NOT NULL,
    revision integer NOT NULL,
    preview boolean NOT NULL,
    occasion character varying(32) NOT NULL,
    audited_at timestamp with time zone NOT NULL,
    machines integer NOT NULL,
    windows integer NOT NULL,
    phases integer NOT NULL,
    unplaced integer NOT NULL,
    customers_told integer NOT NULL,
    findings_total integer NOT NULL,
    findings json NOT NULL
);
CREATE TABLE public.stream_position (
    stream character varying NOT NULL,
    stream_created_at timestamp with time zone NOT NULL,
    sequence bigint NOT NULL
);
CREATE TABLE public.stream_seen (
    stream character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_sequence bigint NOT NULL
);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.awaited VALUES ('rzob', '2026-W49', 'acme-rzob', 'ops@acme-rzob.example', 'ops@acme-rzob.example', 2, '2026-11-23 08:00:27.426247+00', '2026-12-03 05:00:00+00', true);
INSERT INTO public.awaited VALUES ('rzob', '2026-W49', 'initech-rzob', 'ops@initech-rzob.example', 'ops@initech-rzob.example', 2, '2026-11-23 08:00:27.426247+00', '2026-12-02 05:00:00+00', true);
INSERT INTO public.awaited VALUES ('rzob', '2026-W49', 'globex-rzob', 'ops@globex-rzob.example', 'ops@globex-rzob.example', 3, '2026-11-23 08:00:28.645814+00', '2026-12-03 05:00:00+00', false);
INSERT INTO public.inbox VALUES ('bd2d2ce1-8cad-4703-b223-edb332d7c0c1', '1b0cc0b98d67e0a395ecf02a2a4db90d12bbcb4abfd8568e7a7d6f0e7ad681ae', '2026-11-25 14:40:40.208551+00');
INSERT INTO public.inbox VALUES ('c90e2f51-6cc1-4b40-bdab-e93f539545e8', 'c69f7aa7b97cb28092acc33c23d945114f744af70fcc6bab9a1a7549bc8de4d9', '2026-11-25 14:40:40.295709+00');
INSERT INTO public.inbox VALUES ('5d947829-9b16-4b55-af4d-eba674b0cafe', 'afcbdfee8a6fac253b68fa46aa6823134787820ff6b339ba73a8b72b03ec0071', '2026-11-25 14:40:41.926606+00');
INSERT INTO public.inbox VALUES ('623c84ec-ff76-41aa-9b3e-c319178c9710', '3a3c294c3356b4d30c39aae29c47e475530c653588d0738090d292fc854f141b', '2026-11-25 14:40:42.060179+00');
INSERT INTO public.inbox VALUES ('ab093556-4347-4bda-ac1b-1d2b49a16d27', 'a478beb4445740853720da3f149272810e17ef40875216d9dc9bc01a2df9059b', '2026-11-25 14:40:42.086561+00');
INSERT INTO public.inbox VALUES ('1f47c239-5976-4cdc-a1c5-abf6aaea73e0', 'cfc6a655c47b9e92cf64182bf7727f6f957155693f4c5a1ee91b05f7efee5599', '2026-11-25 14:40:42.829277+00');
INSERT INTO public.inbox VALUES ('d464e95e-b94b-4e3d-a0f7-ad153e4a3ccf', 'bbe6e99c3513b324bc8c0efd460415769ece047476b82086c8c0d7cd1971c166', '2026-11-25 14:40:42.866512+00');
INSERT INTO public.inbox VALUES ('3cf934f8-9ac9-47d4-8476-5d11f24d7d13', '2c076b96200c8da0a4ba9bd69010c899a28374f61476619680f0c5c59288b707', '2026-11-25 14:40:42.888934+00');
INSERT INTO public.inbox VALUES ('0b87f701-e1d3-4318-a9cc-127cf27b5ba7', '79612b7ea783bb858234bde53f49c8cd8d54983b0e1355709ae875a052e711d5', '2026-11-25 14:40:43.364674+00');
INSERT INTO public.inbox VALUES ('c4687323-3dae-40dd-b047-a5faf824005c', '64967ea63e81b8f7513fa370b2245c6765374ac43033337aed61b8cfe1e8a8a0', '2026-11-25 14:40:43.745302+00');
INSERT INTO public.inbox VALUES ('02cf9073-f42c-4932-a854-fc397c5cce5d', 'd8058abdbf339ba7ddb4bc1de79e9deffff4174b9cde9f23a01b29ceac33c7aa', '2026-11-25 14:40:43.808512+00');
INSERT INTO public.inbox VALUES ('11615e4c-edc4-49c7-abfb-cca8c11ed7a0', '6beeb1fca78542bcfc8180f0b9e832053f243a00df2bda8b444a0dba34f09756', '2026-11-25 14:40:44.094477+00');
INSERT INTO public.inbox VALUES ('8134120c-77b2-4cfc-a4ee-43ea9b9b138c', '4ddb935fe351807eef17add7d39832a2b0de19204694aed0aa5f5042446f3e49', '2026-11-25 14:40:44.107112+00');
INSERT INTO public.inbox VALUES ('1c05f8eb-df6c-4dcc-a0a2-66ac813d8c44', 'b8dc956e70bbcb1b12842cd3492d3df435046b0a6c4342ac68af7923d597505c', '2026-11-25 14:40:44.228681+00');
INSERT INTO public.inbox VALUES ('84c0a4eb-225b-43ea-9c42-a30561f9d1f0', 'a93a18a718b7b2e9d04c8e63b3299a95ce713e17f7461cab08fb09eb8c502b96', '2026-11-25 14:41:05.416946+00');
INSERT INTO public.notice VALUES ('482cd852387e6fde16bc04919a8ed7a4', 'sent', 'rzob', '2026-W49', 'acme-rzob', 'ops@acme-rzob.example', 1, '2026-11-23 08:00:03.704903+00', '');
INSERT INTO public.notice VALUES ('a8eaa65c20fed36d0b09408e47291f9e', 'sent', 'rzob', '2026-W49', 'globex-rzob', 'ops@globex-rzob.example', 1, '2026-11-23 08:00:03.904365+00', '');
INSERT INTO public.notice VALUES ('9dee4064a30a68e34cf90c65ecd62f3b', 'sent', 'rzob', '2026-W49', 'initech-rzob', 'ops@initech-rzob.example', 1, '2026-11-23 08:00:03.973052+00', '');
INSERT INTO public.notice VALUES ('b4ba9c3c7fe9e35f8df14801c5b10351', 'failed', 'rzob', '2026-W49', 'acme-rzob', 'ops@acme-rzob.example', 2, '2026-11-23 08:00:05.229387+00', '550 5.1.1 no such user');
INSERT INTO public.notice VALUES ('8ba8c202e22cc149937546705d5336ab', 'failed', 'rzob', '2026-W49', 'initech-rzob', 'ops@initech-rzob.example', 2, '2026-11-23 08:00:05.694983+00', 'gave up after 2 attempts: smtp://127.0.0.1:41671: Unexpected EOF received');
INSERT INTO public.notice VALUES ('eeda8c0b66db9c62b6065bc4a5d8723d', 'skipped', 'rzob', '2026-W49', 'globex-rzob', 'ops@globex-rzob.example', 2, '2026-11-23 08:00:06.101044+00', 'a newer plan revision made it untrue');
INSERT INTO public.outbox VALUES (1, '3f3805aa-abc2-47ca-84d7-b02c01e74e0a', 'EVENTS', 'evt.rzob.2026-W49.audit-passed.v1', '{"Nats-Msg-Id": "3f3805aa-abc2-47ca-84d7-b02c01e74e0a", "ce-specversion": "1.0", "ce-id": "3f3805aa-abc2-47ca-84d7-b02c01e74e0a", "ce-type": "mweek.audit-passed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:06.760905Z", "content-type": "application/json", "mweek-correlation-id": "story-2-message"}', '\x7b226d6573736167655f6964223a2233663338303561612d616263322d343763612d383464372d623032633031653734653061222c22636175736174696f6e5f6964223a2263393065326635312d366363312d346234302d626461622d653933663533393534356538222c22636f7272656c6174696f6e5f6964223a2273746f72792d322d6d657373616765222c226f636375727265645f6174223a22323032362d31312d32335430383a30303a30362e3736303930355a222c226c6f636174696f6e223a22727a6f62222c227765656b223a22323032362d573439222c22706c616e5f6964223a22727a6f622f323032362d5734392f7231222c227265766973696f6e223a312c2270726576696577223a66616c73652c226f63636173696f6e223a227265766973696f6e222c2261756469745f6964223a2233363739663536342d666639382d346662302d396631322d633333626264363533613533222c22617564697465645f6174223a22323032362d31312d32335430383a30303a30362e3735303837345a222c226d616368696e6573223a362c2277696e646f7773223a362c22637573746f6d6572735f746f6c64223a337d', '2026-11-25 14:40:42.248302+00');
INSERT INTO public.outbox VALUES (2, '4bd5dcf4-88f8-477e-b6b9-1794bc8c8867', 'EVENTS', 'evt.rzob.2026-W49.audit-failed.v1', '{"Nats-Msg-Id": "4bd5dcf4-88f8-477e-b6b9-1794bc8c8867", "ce-specversion": "1.0", "ce-id": "4bd5dcf4-88f8-477e-b6b9-1794bc8c8867", "ce-type": "mweek.audit-failed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:08.000223Z", "content-type": "application/json", "mweek-correlation-id": "story-6-message"}', '\x7b226d6573736167655f6964223a2234626435646366342d383866382d343737652d623662392d313739346263386338383637222c22636175736174696f6e5f6964223a2233636639333466382d396163392d343764342d383437362d356431316632346437643133222c22636f7272656c6174696f6e5f6964223a2273746f72792d362d6d657373616765222c226f636375727265645f6174223a22323032362d31312d32335430383a30303a30382e3030303232335a222c226c6f636174696f6e223a22727a6f62222c227765656b223a22323032362d573439222c22706c616e5f6964223a22727a6f622f323032362d5734392f7232222c227265766973696f6e223a322c2270726576696577223a66616c73652c226f63636173696f6e223a227265766973696f6e222c2261756469745f6964223a2263353261303436342d346437352d343231352d393565622d393032323234343336376633222c22617564697465645f6174223a22323032362d31312d32335430383a30303a30372e3938303431345a222c226d616368696e6573223a372c2277696e646f7773223a372c22637573746f6d6572735f746f6c64223a312c2266696e64696e67735f746f74616c223a312c2266696e64696e6773223a5b7b22636f6465223a226e6f746963652d6661696c6564222c226d616368696e65223a6e756c6c2c2274657874223a22546865206e6f7469636520746f206f70734061636d652d727a6f622e6578616d706c65206f6620637573746f6d65722061636d652d727a6f62206661696c65643a2035353020352e312e31206e6f207375636820757365722e227d5d7d', '2026-11-25 14:40:43.510703+00');
INSERT INTO public.outbox VALUES (3, '93772d68-afa2-4216-87fc-82d7b926b6e7', 'EVENTS', 'evt.rzob.2026-W49.audit-failed.v1', '{"Nats-Msg-Id": "93772d68-afa2-4216-87fc-82d7b926b6e7", "ce-specversion": "1.0", "ce-id": "93772d68-afa2-4216-87fc-82d7b926b6e7", "ce-type": "mweek.audit-failed.v1", "ce-source": "/mweek/auditor", "ce-time": "2026-11-23T08:00:29.331412Z", "content-type": "application/json", "mweek-correlation-id": "story-8-message"}', '\x7b226d6573736167655f6964223a2239333737326436382d616661322d343231362d383766632d383264376239323662366537222c22636175736174696f6e5f6964223a2238313334313230632d373762322d346366632d613465652d343365613962396231333863222c22636f7272656c6174696f6e5f6964223a2273746f72792d382d6d657373616765222c226f636375727265645f6174223a22323032362d31312d32335430383a30303a32392e3333313431325a222c226c6f636174696f6e223a22727a6f62222c227765656b223a22323032362d573439222c22706c616e5f6964223a22727a6f622f323032362d5734392f7233222c227265766973696f6e223a332c2270726576696577223a66616c73652c226f63636173696f6e223a227265766973696f6e222c2261756469745f6964223a2237383837656138322d656633302d343861342d623766662d323364383139396365653639222c22617564697465645f6174223a22323032362d31312d32335430383a30303a32392e3332383930385a222c226d616368696e6573223a382c2277696e646f7773223a382c22637573746f6d6572735f746f6c64223a322c2266696e64696e67735f746f74616c223a332c2266696e64696e6773223a5b7b22636f6465223a226e6f742d746f6c64222c226d616368696e65223a6e756c6c2c2274657874223a226f707340676c6f6265782d727a6f622e6578616d706c65206f6620637573746f6d657220676c6f6265782d727a6f6220686173206e6f74206265656e20746f6c64206f66207265766973696f6e20332e227d2c7b22636f6465223a226e6f746963652d6661696c6564222c226d616368696e65223a6e756c6c2c2274657874223a22546865206e6f7469636520746f206f70734061636d652d727a6f622e6578616d706c65206f6620637573746f6d65722061636d652d727a6f62206661696c65643a2035353020352e312e31206e6f207375636820757365722e227d2c7b22636f6465223a226e6f746963652d6661696c6564222c226d616368696e65223a6e756c6c2c2274657874223a22546865206e6f7469636520746f206f707340696e69746563682d727a6f622e6578616d706c65206f6620637573746f6d657220696e69746563682d727a6f62206661696c65643a2067617665207570206166746572203220617474656d7074733a20736d74703a2f2f3132372e302e302e313a34313637313a20556e657870656374656420454f462072656365697665642e227d5d7d', '2026-11-25 14:41:04.88959+00');
INSERT INTO public.plan VALUES ('rzob', '2026-W49', 'rzob/2026-W49/r3', 3, false, '{"message_id":"8134120c-77b2-4cfc-a4ee-43ea9b9b138c","causation_id":"story-8-message","correlation_id":"story-8-message","occurred_at":"2026-11-23T08:00:10.777129Z","location":"rzob","week":"2026-W49","plan_id":"rzob/2026-W49/r3","revision":3,"preview":false,"parent_revision":2,"command_id":"story-8","pattern":{"pattern":"one-few-many","description":"One, few, many – the operator''s own machines first, routers and KVM hosts apart, production last","phases":[{"name":"monday-0900","opens":"mon 09:00","lasts":"4h","takes":[{"select":{"role":["automation","monitoring","build"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"monday-1300","opens":"mon 13:00","lasts":"4h","takes":[{"select":{"role":["router"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":1,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":1,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"monday-1700","opens":"mon 17:00","lasts":"5h","takes":[{"select":{"role":["litmus"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["customer"],"environment":["test"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":null,"at_most":null,"sample":"12%","prefer":null}]},{"name":"tuesday-1700","opens":"tue 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["test"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":false,"labels":null},"take":null,"count":null,"share":null,"at_most":"5%","sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"20%","at_most":null,"sample":null,"prefer":null}]},{"name":"wednesday-1700","opens":"wed 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"30%","at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":null,"count":null,"share":"30%","at_most":null,"sample":null,"prefer":null}]},{"name":"thursday-1700","opens":"thu 17:00","lasts":"5h","takes":[{"select":{"role":["customer"],"environment":["production"],"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null},{"select":{"role":["storage"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"saturday-0900","opens":"sat 09:00","lasts":"4h","takes":[{"select":{"role":["kvm-host"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"all","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]},{"name":"saturday-1300","opens":"sat 13:00","lasts":"4h","takes":[{"select":{"role":["router"],"environment":null,"kind":null,"customer":null,"profile":null,"tested":null,"labels":null},"take":"remainder","count":null,"share":null,"at_most":null,"sample":null,"prefer":null}]}],"remainder":"thursday-1700"},"phases":[{"phase":"monday-0900","opens_at":"2026-11-30T09:00:00Z","closes_at":"2026-11-30T13:00:00Z","machines":0},{"phase":"monday-1300","opens_at":"2026-11-30T13:00:00Z","closes_at":"2026-11-30T17:00:00Z","machines":0},{"phase":"monday-1700","opens_at":"2026-11-30T17:00:00Z","closes_at":"2026-11-30T22:00:00Z","machines":1},{"phase":"tuesday-1700","opens_at":"2026-12-01T17:00:00Z","closes_at":"2026-12-01T22:00:00Z","machines":1},{"phase":"wednesday-1700","opens_at":"2026-12-02T17:00:00Z","closes_at":"2026-12-02T22:00:00Z","machines":2},{"phase":"thursday-1700","opens_at":"2026-12-03T17:00:00Z","closes_at":"2026-12-03T22:00:00Z","machines":4},{"phase":"saturday-0900","opens_at":"2026-12-05T09:00:00Z","closes_at":"2026-12-05T13:00:00Z","machines":0},{"phase":"saturday-1300","opens_at":"2026-12-05T13:00:00Z","closes_at":"2026-12-05T17:00:00Z","machines":0}],"windows":8,"unplaced":0,"outside_acceptable":8,"assigned_parts":1,"withdrawn_parts":0,"digest":"b4a8be167bd2c084713818b61630ac1645f1cb869cdbafba440361db28aae372","records":{"stream_created_at":"2020-11-25T14:38:37.243385Z","sequence":14},"compromises":[],"overrides":[],"scheduled_at":"2026-11-23T08:00:10.739169Z"}', '[{"phase": "monday-0900", "opens_at": "2026-11-30T09:00:00Z", "closes_at": "2026-11-30T13:00:00Z", "machines": 0}, {"phase": "monday-1300", "opens_at": "2026-11-30T13:00:00Z", "closes_at": "2026-11-30T17:00:00Z", "machines": 0}, {"phase": "monday-1700", "opens_at": "2026-11-30T17:00:00Z", "closes_at": "2026-11-30T22:00:00Z", "machines": 1}, {"phase": "tuesday-1700", "opens_at": "2026-12-01T17:00:00Z", "closes_at": "2026-12-01T22:00:00Z", "machines": 1}, {"phase": "wednesday-1700", "opens_at": "2026-12-02T17:00:00Z", "closes_at": "2026-12-02T22:00:00Z", "machines": 2}, {"phase": "thursday-1700", "opens_at": "2026-12-03T17:00:00Z", "closes_at": "2026-12-03T22:00:00Z", "machines": 3}, {"phase": "saturday-0900", "opens_at": "2026-12-05T09:00:00Z", "closes_at": "2026-12-05T13:00:00Z", "machines": 0}, {"phase": "saturday-1300", "opens_at": "2026-12-05T13:00:00Z", "closes_at": "2026-12-05T17:00:00Z", "machines": 0}]', '2026-11-23 08:00:08.645814+00', NULL, NULL, '2026-11-30 08:30:00+00');
INSERT INTO public.plan_part VALUES ('rzob/2026-W49/r3', 'assigned', 1, 'rzob', '2026-W49', '{"message_id":"11615e4c-edc4-49c7-abfb-cca8c11ed7a0","causation_id":"story-8-message","correlation_id":"story-8-message","occurred_at":"2026-11-23T08:00:10.777025Z","location":"rzob","week":"2026-W49","plan_id":"rzob/2026-W49/r3","revision":3,"preview":false,"part":1,"windows":[{"phase":"thursday-1700","opens_at":"2026-12-03T17:00:00Z","closes_at":"2026-12-03T22:00:00Z","machine":"globex-prod02","customer":"globex-rzob","reason":"joined","facts":{},"affects":[],"change":"new","previous":null}],"unplaced":[]}');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'globex-test01', 1, 'monday-1700', '2026-11-30 17:00:00+00', '2026-11-30 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'acme-test01', 1, 'tuesday-1700', '2026-12-01 17:00:00+00', '2026-12-01 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'acme-prod01', 1, 'wednesday-1700', '2026-12-02 17:00:00+00', '2026-12-02 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'initech-prod01', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'initech-prod02', 1, 'wednesday-1700', '2026-12-02 17:00:00+00', '2026-12-02 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'acme-prod03', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'globex-prod01', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'acme-prod01', 1, 'wednesday-1700', '2026-12-02 17:00:00+00', '2026-12-02 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'acme-prod03', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'acme-test01', 1, 'tuesday-1700', '2026-12-01 17:00:00+00', '2026-12-01 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'globex-prod01', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'globex-test01', 1, 'monday-1700', '2026-11-30 17:00:00+00', '2026-11-30 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'initech-prod01', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', true, 'initech-prod02', 1, 'wednesday-1700', '2026-12-02 17:00:00+00', '2026-12-02 22:00:00+00');
INSERT INTO public.plan_window VALUES ('rzob', '2026-W49', false, 'globex-prod02', 1, 'thursday-1700', '2026-12-03 17:00:00+00', '2026-12-03 22:00:00+00');
INSERT INTO public.record VALUES ('customer', '', 'acme-rzob', '{"customer": "acme-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@acme-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "5f06181e-b9dd-491d-a807-2e743005c121", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453061Z", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 0, 2, 1);
INSERT INTO public.record VALUES ('customer', '', 'initech-rzob', '{"customer": "initech-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@initech-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "b98f401e-ac3f-460b-b1c3-55fcbaf1512d", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453268Z", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'acme-test01', '{"name": "acme-test01", "kind": "virtual", "role": "customer", "environment": "test", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "23f98672-ec1f-41e7-9d6b-4363d9007041", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453307Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'acme-prod01', '{"name": "acme-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "7fbe64c4-3f65-42d3-ac41-34b947d88fbb", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453366Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'globex-test01', '{"name": "globex-test01", "kind": "virtual", "role": "customer", "environment": "test", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "781627e4-7de0-4a4e-a2b9-4411f03fcde8", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453450Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'globex-prod01', '{"name": "globex-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "7d17b72e-7a3b-4172-9668-5a765d6e5564", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453493Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'initech-prod01', '{"name": "initech-prod01", "kind": "virtual", "role": "customer", "environment": "production", "customer": "initech-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "3a5c27a2-c3ed-4500-92b2-493242d8466c", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453525Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1);
INSERT INTO public.record VALUES ('customer', '', 'globex-rzob', '{"customer": "globex-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@globex-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [{"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-02T23:59:00Z", "reason": "fair"}], "notice_hours": 12, "max_parallel": null, "message_id": "6affa770-bee5-48dd-9075-399dbac9be15", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:07.311188Z", "revision": 2, "removed": false}', '2020-11-25 14:38:37.243385+00', 9, 13, 2);
INSERT INTO public.record VALUES ('machine', 'rzob', 'acme-prod03', '{"name": "acme-prod03", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "5cb83274-6b14-47ec-88b5-98521b3fa7c5", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:07.311299Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 9, 13, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'initech-prod02', '{"name": "initech-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "initech-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "be07e63c-c473-4731-8dc7-47acc123f9ff", "causation_id": "story-5-message", "correlation_id": "story-5-message", "occurred_at": "2026-11-23T08:00:07.311368Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 9, 13, 1);
INSERT INTO public.record VALUES ('machine', 'rzob', 'acme-prod02', 'null', '2020-11-25 14:38:37.243385+00', 9, 13, 2);
INSERT INTO public.record VALUES ('machine', 'rzob', 'globex-prod02', '{"name": "globex-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "globex-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "9a98f7b0-e965-4745-90f6-1612031db9b7", "causation_id": "story-7-message", "correlation_id": "story-7-message", "occurred_at": "2026-11-23T08:00:08.506560Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 13, 14, 1);
INSERT INTO public.record_version VALUES ('customer', '', 'globex-rzob', '{"customer": "globex-rzob", "name": null, "contacts": [{"name": "Ops", "email": "ops@globex-rzob.example", "language": "en", "delivery": "digest"}], "timezone": "Europe/Berlin", "acceptable_windows": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "22:00", "end": "05:00"}], "blackouts": [], "notice_hours": 12, "max_parallel": null, "message_id": "c4625a26-dc27-4efc-8cfa-a2f9f5629a12", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453169Z", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 0, 2, 1, '2026-11-23 08:00:07.235401+00');
INSERT INTO public.record_version VALUES ('machine', 'rzob', 'acme-prod02', '{"name": "acme-prod02", "kind": "virtual", "role": "customer", "environment": "production", "customer": "acme-rzob", "host": null, "redundancy_group": null, "profile": null, "os_release": null, "hardware_model": null, "bios_version": null, "downtime_minutes": 15, "in_service": true, "labels": {}, "message_id": "7fa65eb1-b4f3-4134-91de-a72b2eb3b3ab", "causation_id": "story-1-message", "correlation_id": "story-1-message", "occurred_at": "2026-11-23T08:00:03.453413Z", "location": "rzob", "revision": 1, "removed": false}', '2020-11-25 14:38:37.243385+00', 2, 9, 1, '2026-11-23 08:00:07.235401+00');
INSERT INTO public.report VALUES ('3679f564-ff98-4fb0-9f12-c33bbd653a53', 'rzob', '2026-W49', 'rzob/2026-W49/r1', 1, false, 'revision', '2026-11-23 08:00:06.750874+00', 6, 6, 8, 0, 3, 0, '[]');
INSERT INTO public.report VALUES ('c52a0464-4d75-4215-95eb-9022244367f3', 'rzob', '2026-W49', 'rzob/2026-W49/r2', 2, false, 'revision', '2026-11-23 08:00:07.980414+00', 7, 7, 8, 0, 1, 1, '[{"code": "notice-failed", "machine": null, "text": "The notice to ops@acme-rzob.example of customer acme-rzob failed: 550 5.1.1 no such user."}]');
INSERT INTO public.report VALUES ('7887ea82-ef30-48a4-b7ff-23d8199cee69', 'rzob', '2026-W49', 'rzob/2026-W49/r3', 3, false, 'revision', '2026-11-23 08:00:29.328908+00', 8, 8, 8, 0, 2, 3, '[{"code": "not-told", "machine": null, "text": "ops@globex-rzob.example of customer globex-rzob has not been told of revision 3."}, {"code": "notice-failed", "machine": null, "text": "The notice to ops@acme-rzob.example of customer acme-rzob failed: 550 5.1.1 no such user."}, {"code": "notice-failed", "machine": null, "text": "The notice to ops@initech-rzob.example of customer initech-rzob failed: gave up after 2 attempts: smtp://127.0.0.1:41671: Unexpected EOF received."}]');
INSERT INTO public.stream_position VALUES ('RECORDS', '2020-11-25 14:38:37.243385+00', 14);
INSERT INTO public.stream_seen VALUES ('RECORDS', '2020-11-25 14:38:37.243385+00', 0);
INSERT INTO public.stream_seen VALUES ('EVENTS', '2020-11-25 14:38:37.326222+00', 0);
SELECT pg_catalog.setval('public.outbox_id_seq', 3, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.awaited
    ADD CONSTRAINT awaited_pkey PRIMARY KEY (location, week, customer, address);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (notice_id, state);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.plan_part
    ADD CONSTRAINT plan_part_pkey PRIMARY KEY (plan_id, kind, part);
ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (location, week);
ALTER TABLE ONLY public.plan_window
    ADD CONSTRAINT plan_window_pkey PRIMARY KEY (location, week, parent, machine, number);
ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (kind, location, name);
ALTER TABLE ONLY public.record_version
    ADD CONSTRAINT record_version_pkey PRIMARY KEY (kind, location, name, revision);
ALTER TABLE ONLY public.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (audit_id);
ALTER TABLE ONLY public.stream_position
    ADD CONSTRAINT stream_position_pkey PRIMARY KEY (stream);
ALTER TABLE ONLY public.stream_seen
    ADD CONSTRAINT stream_seen_pkey PRIMARY KEY (stream);
CREATE INDEX awaited_open ON public.awaited USING btree (location, week, answered);
CREATE INDEX ix_inbox_processed_at ON public.inbox USING btree (processed_at);
CREATE INDEX notice_week ON public.notice USING btree (location, week);
CREATE INDEX outbox_sent ON public.outbox USING btree (stream, sent_at);
CREATE INDEX outbox_waiting ON public.outbox USING btree (id) WHERE (sent_at IS NULL);
CREATE INDEX record_version_age ON public.record_version USING btree (superseded_at);
CREATE INDEX report_week ON public.report USING btree (location, week, audited_at);
