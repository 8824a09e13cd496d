//! Whatever comes in: an answer in AWS's shape, the world as it was, and the server alive.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::{Wire, authorization};

const OWNER: &str = "111122223333";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// What a client that talks bytes gets until the connection ends
async fn raw(wire: &Wire, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(wire.server.address()).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Posts a form to EC2 as the owner
async fn form(wire: &Wire, body: impl AsRef<[u8]>) -> (u16, String) {
    let headers = format!("{FORM}{}", authorization(OWNER, Wire::REGION, "ec2"));
    wire.send("POST", "/", &headers, body.as_ref()).await
}

/// The code of an error of EC2, which has to have its whole shape
#[track_caller]
fn ec2_code(answer: &str) -> &str {
    let rest = answer
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>")
        .unwrap_or_else(|| panic!("not an error of EC2: {answer}"));
    let (code, rest) = rest.split_once("</Code><Message>").unwrap();
    assert!(rest.ends_with("</RequestID></Response>"), "{answer}");
    code
}

#[track_caller]
fn json_code(answer: &Value) -> &str {
    assert!(answer["message"].is_string(), "{answer}");
    answer["__type"].as_str().unwrap()
}

/// Nothing was done and nothing is broken
async fn assert_untouched(wire: &Wire) {
    assert_eq!(wire.world.calls(), []);
    let (status, answer) = wire.query(OWNER, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused() {
    let wire = Wire::start().await;
    let describe = "Action=DescribeImageAttribute&Version=2016-11-15";
    for (rest, expected) in [
        ("&ImageId=%", "MalformedQueryString"),
        ("&ImageId=%4", "MalformedQueryString"),
        ("&ImageId=%zz", "MalformedQueryString"),
        ("&ImageId=%+1", "MalformedQueryString"),
        ("&ImageId=%ff%fe", "MalformedQueryString"),
        ("&ImageId=%C3", "MalformedQueryString"),
        ("&ImageId=%00", "InvalidCharacter"),
        ("&ImageId=%1B[31m", "InvalidCharacter"),
        ("&Action=DescribeImages", "MalformedQueryString"),
        (
            "&ImageId=ami-12345678&ImageId=ami-12345678",
            "MalformedQueryString",
        ),
        (
            "&ImageId.99999999999999999999=ami-12345678",
            "MalformedQueryString",
        ),
        ("&ImageId..1=ami-12345678", "UnknownParameter"),
        ("&.=1", "UnknownParameter"),
        ("&a.b.c.d.e.f.g.h.i.j.k.l.m=1", "UnknownParameter"),
        ("&Flavor=1", "UnknownParameter"),
        ("&=1", "UnknownParameter"),
        ("&DryRun=perhaps", "InvalidParameterValue"),
    ] {
        let (status, answer) = form(&wire, format!("{describe}{rest}")).await;
        assert_eq!(
            (status, ec2_code(&answer)),
            (400, expected),
            "{rest}: {answer}"
        );
    }
    let (status, answer) = form(&wire, [describe.as_bytes(), b"&ImageId=\xff"].concat()).await;
    assert_eq!((status, ec2_code(&answer)), (400, "MalformedQueryString"));
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn absurdly_many_and_absurdly_deep_parameters_are_refused() {
    let wire = Wire::start().await;
    let head = "Action=DescribeImageAttribute&Version=2016-11-15";
    let many = "&a".repeat(1_000_000);
    let deep = format!("&{}=1", "a.".repeat(1_000_000));
    for (rest, expected) in [(many, "MalformedQueryString"), (deep, "UnknownParameter")] {
        let (status, answer) = form(&wire, format!("{head}{rest}")).await;
        assert_eq!((status, ec2_code(&answer)), (400, expected));
    }
    let different: String = (0..50_000).map(|number| format!("&a.{number}=1")).collect();
    let (status, answer) = form(&wire, format!("{head}{different}")).await;
    assert_eq!((status, ec2_code(&answer)), (400, "MalformedQueryString"));
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn an_action_or_version_that_nobody_has_is_told_by_the_codes_of_the_service() {
    let wire = Wire::start().await;
    for (body, expected) in [
        ("", "MissingAction"),
        ("Version=2016-11-15", "MissingAction"),
        ("Action=&Version=2016-11-15", "MissingAction"),
        ("Action=BuildCastle&Version=2016-11-15", "InvalidAction"),
        ("Action=describeimages&Version=2016-11-15", "InvalidAction"),
        (
            "Action=GetCallerIdentity&Version=2016-11-15",
            "InvalidAction",
        ),
        ("Action=DescribeImageAttribute", "MissingParameter"),
        (
            "Action=DescribeImageAttribute&Version=1999-12-31",
            "NoSuchVersion",
        ),
    ] {
        let (status, answer) = form(&wire, body).await;
        assert_eq!((status, ec2_code(&answer)), (400, expected), "{body}");
    }
    let headers = format!("{FORM}{}", authorization(OWNER, Wire::REGION, "sts"));
    for body in [
        "Action=GetCallerIdentity",
        "Action=GetCallerIdentity&Version=2016-11-15",
        "Action=GetCoffee&Version=2011-06-15",
    ] {
        let (status, answer) = wire.send("POST", "/", &headers, body.as_bytes()).await;
        assert_eq!(status, 400);
        assert!(
            answer.contains(
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>"
            ),
            "{answer}"
        );
    }
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn who_is_not_signed_or_unknown_is_turned_away() {
    let wire = Wire::start().await;
    let body = b"Action=DescribeImageAttribute&Version=2016-11-15";
    let credential =
        |text: &str| format!("Authorization: AWS4-HMAC-SHA256 Credential={text}, Signature=0\r\n");
    for (headers, status, expected) in [
        (String::new(), 403, "MissingAuthenticationToken"),
        (
            "Authorization: Basic dXNlcjpwYXNz\r\n".to_owned(),
            400,
            "IncompleteSignature",
        ),
        (
            "Authorization: AWS4-HMAC-SHA256 Signature=0\r\n".to_owned(),
            400,
            "IncompleteSignature",
        ),
        (credential(""), 400, "IncompleteSignature"),
        (credential("////"), 400, "IncompleteSignature"),
        (credential(OWNER), 400, "IncompleteSignature"),
        ("Authorization: \u{1}\r\n".to_owned(), 400, ""),
        (
            authorization(OWNER, "the moon", "ec2"),
            400,
            "IncompleteSignature",
        ),
        (
            authorization(OWNER, "Moon!", "ec2"),
            403,
            "SignatureDoesNotMatch",
        ),
        (
            authorization(OWNER, Wire::REGION, "s3"),
            403,
            "SignatureDoesNotMatch",
        ),
        (
            authorization("AKIAIOSFODNN7EXAMPLE", Wire::REGION, "ec2"),
            401,
            "AuthFailure",
        ),
        (
            authorization("11112222333", Wire::REGION, "ec2"),
            401,
            "AuthFailure",
        ),
    ] {
        let answer = wire
            .send("POST", "/", &format!("{FORM}{headers}"), body)
            .await;
        assert_eq!(answer.0, status, "{headers}: {}", answer.1);
        // What is not HTTP gets the bare answer of HTTP.
        if expected.is_empty() {
            assert_eq!(answer.1, "");
        } else {
            assert_eq!(ec2_code(&answer.1), expected, "{headers}");
        }
    }
    let (status, answer) = wire
        .json("nobody", "kms", "TrentService.ListKeys", json!({}))
        .await;
    assert_eq!(
        (status, json_code(&answer)),
        (400, "UnrecognizedClientException")
    );
    let (status, answer) = wire.query("nobody", "iam", "GetUser", &[]).await;
    assert_eq!(status, 403);
    assert!(
        answer.contains("<Code>InvalidClientTokenId</Code>"),
        "{answer}"
    );
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn another_content_type_encoding_method_or_address_is_refused() {
    let wire = Wire::start().await;
    let signed = authorization(OWNER, Wire::REGION, "ec2");
    let body: &[u8] = b"Action=DescribeImageAttribute&Version=2016-11-15";
    for (method, path, kind, status, expected) in [
        (
            "POST",
            "/",
            "Content-Type: text/plain\r\n",
            400,
            "MalformedQueryString",
        ),
        (
            "POST",
            "/",
            "Content-Type: application/json\r\n",
            400,
            "MalformedQueryString",
        ),
        (
            "POST",
            "/",
            "Content-Type: application/x-www-form-urlencodedish\r\n",
            400,
            "MalformedQueryString",
        ),
        (
            "POST",
            "/",
            "Content-Encoding: gzip\r\n",
            415,
            "UnsupportedMediaType",
        ),
        ("PUT", "/", FORM, 405, "MethodNotAllowed"),
        ("DELETE", "/", FORM, 405, "MethodNotAllowed"),
        ("POST", "/elsewhere", FORM, 404, "InvalidAction"),
        ("POST", "/../etc/passwd", FORM, 404, "InvalidAction"),
    ] {
        let (got, answer) = wire
            .send(method, path, &format!("{kind}{signed}"), body)
            .await;
        assert_eq!((got, ec2_code(&answer)), (status, expected), "{kind}");
    }
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn json_that_is_not_an_operations_input_is_refused() {
    let wire = Wire::start().await;
    let signed = authorization(OWNER, Wire::REGION, "kms");
    let deep = "[".repeat(100_000);
    for (target, body, expected) in [
        (
            "TrentService.BuildCastle",
            "{}",
            "UnknownOperationException",
        ),
        ("", "{}", "UnknownOperationException"),
        ("AmazonSSM.PutParameter", "{}", "UnknownOperationException"),
        ("TrentService.", "{}", "UnknownOperationException"),
    ] {
        let headers = format!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}\r\n{signed}"
        );
        let (status, answer) = wire.send("POST", "/", &headers, body.as_bytes()).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, json_code(&answer)), (400, expected), "{target}");
    }
    if let Some(action) = super::super::kms::ACTIONS.iter().copied().flatten().next() {
        for body in [
            "", "null", "[]", "7", "{", "{\"a\":}", "\"text\"", &deep, "{} {}",
        ] {
            let headers = format!(
                "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.{}\r\n\
                 {signed}",
                action.name
            );
            let (status, answer) = wire.send("POST", "/", &headers, body.as_bytes()).await;
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(
                (status, json_code(&answer)),
                (400, "SerializationException")
            );
        }
    }
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn a_body_of_10_mb_is_refused_with_an_answer() {
    let wire = Wire::start().await;
    let body = "a".repeat(10_000_000);
    let (status, answer) = form(&wire, &body).await;
    assert_eq!((status, ec2_code(&answer)), (413, "RequestEntityTooLarge"));

    // The same in pieces of a size that is not told before.
    let signed = authorization(OWNER, Wire::REGION, "ec2");
    let head = format!(
        "POST / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n{signed}\r\n"
    );
    let chunk = format!("186a0\r\n{}\r\n", "a".repeat(100_000));
    let request = format!("{head}{}0\r\n\r\n", chunk.repeat(100));
    let answer = raw(&wire, request).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");

    // A client that asks before it sends is told before it sends.
    let request = format!(
        "POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n{signed}\r\n"
    );
    let answer = raw(&wire, request).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn what_is_not_http_is_answered_with_bad_request() {
    let wire = Wire::start().await;
    for request in [
        "\r\n\r\nHELO simulator\r\n\r\n",
        "GET\r\n\r\n",
        "POST / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "POST / HTTP/1.1\r\nno colon\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n",
    ] {
        let answer = raw(&wire, request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{request}: {answer}");
    }
    assert_untouched(&wire).await;
}

#[tokio::test]
async fn a_hundred_connections_cut_in_the_middle_change_nothing() {
    let wire = Wire::start().await;
    let request = format!(
        "POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 500\r\n{FORM}{}\r\n\
         Action=DescribeImageAttribute&Version=2016-11-15",
        authorization(OWNER, Wire::REGION, "ec2")
    );
    for number in 0..100 {
        let mut stream = TcpStream::connect(wire.server.address()).await.unwrap();
        let cut = request.len() * (number + 1) / 100;
        stream.write_all(&request.as_bytes()[..cut]).await.unwrap();
    }
    assert_untouched(&wire).await;
}

#[tokio::test(start_paused = true)]
async fn who_dawdles_is_let_go() {
    let wire = Wire::start().await;
    let mut in_head = TcpStream::connect(wire.server.address()).await.unwrap();
    in_head.write_all(b"POST / HTTP/1.1\r\nHo").await.unwrap();
    let mut rest = String::new();
    // The connection ends before the caller of this loses patience.
    let ended = tokio::time::timeout(Duration::from_secs(300), in_head.read_to_string(&mut rest));
    assert!(ended.await.is_ok());

    let signed = authorization(OWNER, Wire::REGION, "ec2");
    let request =
        format!("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 500\r\n{signed}\r\nAction");
    let answer = raw(&wire, request).await;
    assert!(answer.contains("<Code>RequestTimeout</Code>"), "{answer}");
}

#[tokio::test]
async fn one_connection_serves_many_requests_however_they_are_sent() {
    let wire = Wire::start().await;
    let signed = authorization(OWNER, Wire::REGION, "sts");
    let query = "Action=GetCallerIdentity&Version=2011-06-15";
    let length = query.len();
    let requests = [
        format!("GET /?{query} HTTP/1.1\r\nHost: s\r\n{signed}\r\n"),
        format!(
            "POST / HTTP/1.1\r\nHost: s\r\n{signed}{FORM}Content-Length: {length}\r\n\r\n{query}"
        ),
        format!(
            "POST / HTTP/1.1\r\nHost: s\r\n{signed}{FORM}Transfer-Encoding: chunked\r\n\r\n\
             {length:x}\r\n{query}\r\n0\r\n\r\n"
        ),
        format!(
            "POST / HTTP/1.1\r\nHost: s\r\n{signed}{FORM}Expect: 100-continue\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{query}"
        ),
    ];
    let answer = raw(&wire, requests.concat()).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 4, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 100 Continue").count(), 1);
    assert_eq!(wire.world.calls().len(), 4);
}

#[tokio::test]
async fn a_presigned_address_is_a_signature_too() {
    let wire = Wire::start().await;
    let path = format!(
        "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential={OWNER}%2F20260101%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Signature=0"
    );
    let (status, answer) = wire.send("GET", &path, "", b"").await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains(OWNER), "{answer}");
}

#[tokio::test]
async fn an_answer_is_xml_whatever_a_client_wrote() {
    let wire = Wire::start().await;
    let (_, answer) = form(
        &wire,
        "Action=%3Cb%3E%26%0D%0A%22%27%F0%9F%8F%B0&Version=2016-11-15",
    )
    .await;
    assert_eq!(ec2_code(&answer), "InvalidAction");
    assert!(
        answer.contains("The action &lt;b&gt;&amp;&#13;\n&quot;&apos;\u{1F3F0} is not"),
        "{answer}"
    );
}
