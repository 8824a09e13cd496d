use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::super::world::World;
use super::super::Server;

/// A server of the test's own, and a client that sends what AWS's clients send
pub(super) struct Wire {
    pub(super) server: Server,
    pub(super) world: World,
}

impl Wire {
    pub(super) const REGION: &str = "eu-central-1";

    pub(super) async fn start() -> Self {
        Self::of(World::new()).await
    }

    pub(super) async fn of(world: World) -> Self {
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        Self { server, world }
    }

    /// Asks a service of queries, in [`REGION`](Self::REGION); the answer is the status and the XML
    pub(super) async fn query(
        &self,
        access_key: &str,
        service: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> (u16, String) {
        self.query_in(Self::REGION, access_key, service, action, params)
            .await
    }

    /// Asks with temporary credentials
    pub(super) async fn query_with_token(
        &self,
        access_key: &str,
        token: &str,
        service: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> (u16, String) {
        let body = body_of(service, action, params);
        let headers = format!(
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\
             X-Amz-Security-Token: {token}\r\n{}",
            authorization(access_key, Self::REGION, service)
        );
        self.send("POST", "/", &headers, body.as_bytes()).await
    }

    pub(super) async fn query_in(
        &self,
        region: &str,
        access_key: &str,
        service: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> (u16, String) {
        let body = body_of(service, action, params);
        let headers = format!(
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n{}",
            authorization(access_key, region, service)
        );
        self.send("POST", "/", &headers, body.as_bytes()).await
    }

    /// Asks a service of JSON, by its target, such as `TrentService.CreateKey`
    pub(super) async fn json(
        &self,
        access_key: &str,
        service: &str,
        target: &str,
        input: Value,
    ) -> (u16, Value) {
        self.json_in(Self::REGION, access_key, service, target, input)
            .await
    }

    pub(super) async fn json_in(
        &self,
        region: &str,
        access_key: &str,
        service: &str,
        target: &str,
        input: Value,
    ) -> (u16, Value) {
        let headers = format!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}\r\n{}",
            authorization(access_key, region, service)
        );
        let (status, body) = self
            .send("POST", "/", &headers, input.to_string().as_bytes())
            .await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Sends any request; `headers` end with a line break each
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> (u16, String) {
        self.try_send(method, path, headers, body)
            .await
            .expect("the server answers")
    }

    /// `None` if the connection closes before an answer
    pub(super) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\n\
             Content-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        // The server may refuse before it has read everything, so that writing may fail.
        let _ = stream.write_all(&request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }
}

/// The version of its API that each client of a service names
pub(super) fn version(service: &str) -> &'static str {
    match service {
        "iam" => "2010-05-08",
        "sts" => "2011-06-15",
        _ => "2016-11-15",
    }
}

/// A form in which each parameter stands once: of several with one name, the last
fn body_of(service: &str, action: &str, params: &[(&str, &str)]) -> String {
    let mut form: Vec<(&str, &str)> = vec![("Action", action), ("Version", version(service))];
    for (name, value) in params {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

/// The header by which a request is signed; the signature itself is not checked
pub(super) fn authorization(access_key: &str, region: &str, service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 \
         Credential={access_key}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\n"
    )
}
