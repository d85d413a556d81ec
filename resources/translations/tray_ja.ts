<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
    <context>
        <name>Words</name>
        <message>
            <source>Open board</source>
            <translation>ボードを開く</translation>
        </message>
        <message>
            <source>Quick add…</source>
            <translation>すばやく追加…</translation>
        </message>
        <message>
            <source>Doing (tick to finish)</source>
            <translation>作業中（チェックで完了）</translation>
        </message>
        <message>
            <source>To do</source>
            <translation>予定</translation>
        </message>
        <message>
            <source>Sync now</source>
            <translation>今すぐ同期</translation>
        </message>
        <message>
            <source>About Hashira</source>
            <translation>Hashira について</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>終了</translation>
        </message>
        <message>
            <source>Pause syncing</source>
            <translation>同期を一時停止</translation>
        </message>
        <message>
            <source>For an hour</source>
            <translation>1時間</translation>
        </message>
        <message>
            <source>Until tomorrow</source>
            <translation>明日まで</translation>
        </message>
        <message>
            <source>Until I resume</source>
            <translation>再開するまで</translation>
        </message>
        <message>
            <source>Resume syncing</source>
            <translation>同期を再開</translation>
        </message>
        <message>
            <source>More on the board…</source>
            <translation>ボードで続きを見る…</translation>
        </message>
        <message>
            <source>Open board (hashira-board is not installed)</source>
            <translation>ボードを開く（hashira-board がありません）</translation>
        </message>
        <message>
            <source>Undo: “%1” is done</source>
            <translation>元に戻す:「%1」の完了</translation>
        </message>
        <message>
            <source>The keyring cannot be opened</source>
            <translation>キーリングを開けません</translation>
        </message>
        <message>
            <source>Hashira keeps its token in the keyring. Unlock it, and syncing goes on by itself.</source>
            <translation>Hashira はトークンをキーリングに保管しています。ロックを解くと、同期は自動で続きます。</translation>
        </message>
        <message>
            <source>This machine's clock is wrong</source>
            <translation>このパソコンの時計が違っています</translation>
        </message>
        <message>
            <source>It is more than a day ahead of the datastore's. Set it right, and syncing goes on by itself.</source>
            <translation>データストアの時計より1日以上進んでいます。合わせると、同期は自動で続きます。</translation>
        </message>
        <message>
            <source>The datastore cannot be trusted</source>
            <translation>データストアを信頼できません</translation>
        </message>
        <message>
            <source>Sign in again</source>
            <translation>もう一度サインイン</translation>
        </message>
        <message>
            <source>The datastore does not accept your token any more. Your changes are safe here and are sent once you are signed in.</source>
            <translation>データストアがトークンを受け付けなくなりました。変更はここに無事にあり、サインインすると送られます。</translation>
        </message>
        <message>
            <source>Another account's tasks are here</source>
            <translation>別のアカウントのタスクがあります</translation>
        </message>
        <message>
            <source>These tasks belong to another account than the one signed in to. Sign in to their account, or use another data directory.</source>
            <translation>ここのタスクは、サインイン中とは別のアカウントのものです。そのアカウントでサインインするか、別のデータフォルダーを使ってください。</translation>
        </message>
        <message>
            <source>The disk is full</source>
            <translation>ディスクがいっぱいです</translation>
        </message>
        <message>
            <source>Nothing new can be kept on this machine's disk. Make room, and Hashira goes on by itself.</source>
            <translation>このパソコンのディスクに新しく書き込めません。空きを作ると、Hashira は自動で続けます。</translation>
        </message>
        <message>
            <source>The datastore cannot serve now</source>
            <translation>データストアが今は使えません</translation>
        </message>
        <message>
            <source>It was reached, but it does not take or give changes. Tell whoever runs it. Your changes are safe here, and it is tried again by itself.</source>
            <translation>つながりましたが、変更を受け渡しできません。管理者に知らせてください。変更はここに無事にあり、自動で再試行されます。</translation>
        </message>
        <message>
            <source>It said: %1</source>
            <translation>返答: %1</translation>
        </message>
        <message>
            <source>Sign in to this network</source>
            <translation>このネットワークにサインインしてください</translation>
        </message>
        <message>
            <source>The network lets nothing through before you sign in to it. Open any web page in a browser, and syncing goes on by itself.</source>
            <translation>このネットワークはサインインするまで何も通しません。ブラウザーで任意のウェブページを開くと、同期は自動で続きます。</translation>
        </message>
        <message>
            <source>A change was refused</source>
            <translation>変更が1件拒否されました</translation>
        </message>
        <message>
            <source>%1 changes were refused</source>
            <translation>変更が%1件拒否されました</translation>
        </message>
        <message>
            <source>The datastore did not accept it. Look at it on the board, and retry it or let it go.</source>
            <translation>データストアが受け付けませんでした。ボードで見て、もう一度送るか、あきらめてください。</translation>
        </message>
        <message>
            <source>Something that you should know</source>
            <translation>お知らせ</translation>
        </message>
        <message>
            <source>Show the refused changes</source>
            <translation>拒否された変更を表示</translation>
        </message>
        <message>
            <source>Sign in…</source>
            <translation>サインイン…</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>設定…</translation>
        </message>
        <message>
            <source>Try again now</source>
            <translation>今すぐ再試行</translation>
        </message>
        <message>
            <source>Add a task</source>
            <translation>タスクを追加</translation>
        </message>
        <message>
            <source>What is to be done?</source>
            <translation>何をしますか</translation>
        </message>
        <message>
            <source>The task's name</source>
            <translation>タスクの名前</translation>
        </message>
        <message>
            <source>Enter: to do · Ctrl+Enter: backlog</source>
            <translation>Enter: 予定 · Ctrl+Enter: バックログ</translation>
        </message>
        <message>
            <source>That could not be done</source>
            <translation>できませんでした</translation>
        </message>
        <message>
            <source>There is no place for a tray icon on this desktop. Hashira runs without one.</source>
            <translation>このデスクトップにはトレイアイコンを置く所がありません。Hashira はアイコンなしで動きます。</translation>
        </message>
        <message>
            <source>Hashira %1
The tasks of the day, on this machine first.</source>
            <translation>Hashira %1
今日のタスクを、まずこのパソコンに。</translation>
        </message>
        <message>
            <source>Hashira</source>
            <translation>Hashira</translation>
        </message>
        <message>
            <source>1 change waiting</source>
            <translation>変更1件が待機中</translation>
        </message>
        <message>
            <source>%1 changes waiting</source>
            <translation>変更%1件が待機中</translation>
        </message>
        <message>
            <source>On this machine only</source>
            <translation>このパソコンのみ</translation>
        </message>
        <message>
            <source>Connecting</source>
            <translation>接続中</translation>
        </message>
        <message>
            <source>Up to date</source>
            <translation>最新</translation>
        </message>
        <message>
            <source>Offline</source>
            <translation>オフライン</translation>
        </message>
        <message>
            <source>No network</source>
            <translation>ネットワークなし</translation>
        </message>
        <message>
            <source>Offline, in a network of this place alone</source>
            <translation>オフライン（この場所だけのネットワーク）</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>一時停止中</translation>
        </message>
        <message>
            <source>Paused until %1</source>
            <translation>%1まで一時停止中</translation>
        </message>
        <message>
            <source>last synced at %1</source>
            <translation>最後の同期 %1</translation>
        </message>
        <message>
            <source>last synced %1</source>
            <translation>最後の同期 %1</translation>
        </message>
        <message>
            <source>just now</source>
            <translation>たった今</translation>
        </message>
        <message>
            <source>a minute ago</source>
            <translation>1分前</translation>
        </message>
        <message>
            <source>%1 minutes ago</source>
            <translation>%1分前</translation>
        </message>
        <message>
            <source>an hour ago</source>
            <translation>1時間前</translation>
        </message>
        <message>
            <source>%1 hours ago</source>
            <translation>%1時間前</translation>
        </message>
        <message>
            <source>a day ago</source>
            <translation>1日前</translation>
        </message>
        <message>
            <source>%1 days ago</source>
            <translation>%1日前</translation>
        </message>
        <message>
            <source>Sign out…</source>
            <translation>サインアウト…</translation>
        </message>
        <message>
            <source>Start at login</source>
            <translation>ログイン時に起動</translation>
        </message>
        <message>
            <source>Sign in again…</source>
            <translation>もう一度サインイン…</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>表示</translation>
        </message>
        <message>
            <source>“%1”: %2</source>
            <translation>「%1」: %2</translation>
        </message>
        <message>
            <source>Its certificate was refused. Check the network that you are in; where the address or the certificate's authority changed, sign in again.</source>
            <translation>証明書を受け入れられませんでした。今のネットワークを確かめてください。アドレスや認証局が変わったときは、もう一度サインインしてください。</translation>
        </message>
        <message>
            <source>set by %1</source>
            <translation>%1 で決められています</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>設定</translation>
        </message>
        <message>
            <source> weeks</source>
            <translation> 週間</translation>
        </message>
        <message>
            <source> seconds</source>
            <translation> 秒</translation>
        </message>
        <message>
            <source>&amp;Notify me of what needs me</source>
            <translation>対応が必要なことを通知する(&amp;N)</translation>
        </message>
        <message>
            <source>Start &amp;Hashira when I log in</source>
            <translation>ログイン時に Hashira を起動する(&amp;H)</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>キャンセル</translation>
        </message>
        <message>
            <source>Keep done tasks &amp;for</source>
            <translation>完了したタスクを残す期間(&amp;F)</translation>
        </message>
        <message>
            <source>Sync at least &amp;every</source>
            <translation>同期の間隔（最長）(&amp;E)</translation>
        </message>
        <message>
            <source>Kept in %1. Changes hold at once.</source>
            <translation>%1 に保存されます。変更はすぐに有効です。</translation>
        </message>
        <message>
            <source>1 change was made here before anybody signed in. It becomes the account's and goes to its datastore.</source>
            <translation>サインインする前に、ここで変更が1件行われました。アカウントのものとなり、データストアへ送られます。</translation>
        </message>
        <message>
            <source>%1 changes were made here before anybody signed in. They become the account's and go to its datastore.</source>
            <translation>サインインする前に、ここで変更が%1件行われました。アカウントのものとなり、データストアへ送られます。</translation>
        </message>
        <message>
            <source>This is another account. 1 change of the account so far is not synced yet: it stays on this machine and waits until that account is signed in again.</source>
            <translation>これは別のアカウントです。これまでのアカウントの変更1件がまだ同期されていません。このパソコンに残り、そのアカウントで再びサインインするまで待ちます。</translation>
        </message>
        <message>
            <source>This is another account. %1 changes of the account so far are not synced yet: they stay on this machine and wait until that account is signed in again.</source>
            <translation>これは別のアカウントです。これまでのアカウントの変更%1件がまだ同期されていません。このパソコンに残り、そのアカウントで再びサインインするまで待ちます。</translation>
        </message>
        <message>
            <source>from whoever runs the datastore</source>
            <translation>データストアの管理者から受け取ります</translation>
        </message>
        <message>
            <source>only for a certificate authority of your own</source>
            <translation>独自の認証局を使うときだけ</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>選ぶ…</translation>
        </message>
        <message>
            <source>Choose the certificate's file</source>
            <translation>証明書のファイルを選ぶ</translation>
        </message>
        <message>
            <source>&amp;Address</source>
            <translation>アドレス(&amp;A)</translation>
        </message>
        <message>
            <source>&amp;Token</source>
            <translation>トークン(&amp;T)</translation>
        </message>
        <message>
            <source>CA &amp;certificate</source>
            <translation>認証局の証明書(&amp;C)</translation>
        </message>
        <message>
            <source>Sign in</source>
            <translation>サインイン</translation>
        </message>
        <message>
            <source>Sign in?</source>
            <translation>サインインしますか？</translation>
        </message>
        <message>
            <source>Not signed in</source>
            <translation>サインインできません</translation>
        </message>
        <message>
            <source>Sign in and send them</source>
            <translation>サインインして送る</translation>
        </message>
        <message>
            <source>Sign in and leave them here</source>
            <translation>サインインしてここに残す</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>戻る</translation>
        </message>
        <message>
            <source>The certificate of the authority</source>
            <translation>認証局の証明書</translation>
        </message>
        <message>
            <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
            <translation>証明書 (*.pem *.crt *.cer);;すべてのファイル (*)</translation>
        </message>
        <message>
            <source>The certificate cannot be read: %1</source>
            <translation>証明書を読めません: %1</translation>
        </message>
        <message>
            <source>Asking the datastore…</source>
            <translation>データストアに問い合わせています…</translation>
        </message>
        <message>
            <source>Signing in…</source>
            <translation>サインインしています…</translation>
        </message>
        <message>
            <source>The board cannot be shown</source>
            <translation>ボードを表示できません</translation>
        </message>
        <message>
            <source>Signing in is fixed</source>
            <translation>サインインは固定されています</translation>
        </message>
        <message>
            <source>Your tasks stay on this machine. The token leaves the keyring.</source>
            <translation>タスクはこのパソコンに残ります。トークンはキーリングから消えます。</translation>
        </message>
        <message>
            <source>What is not synced yet waits here until this account is signed in again: %1.</source>
            <translation>まだ同期されていないものは、このアカウントで再びサインインするまでここで待ちます: %1。</translation>
        </message>
        <message>
            <source>Sign out of %1?</source>
            <translation>%1 からサインアウトしますか</translation>
        </message>
        <message>
            <source>Sign out</source>
            <translation>サインアウト</translation>
        </message>
        <message>
            <source>Still signed in</source>
            <translation>まだサインインしています</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>what was given is wrong</comment>
            <translation>入力に誤りがあります。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it does not exist</comment>
            <translation>見つかりません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it cannot be reached now</comment>
            <translation>今は接続できません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>the token is not accepted</comment>
            <translation>トークンが受け入れられません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it is not allowed</comment>
            <translation>許可されていません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>a limit is reached</comment>
            <translation>上限に達しています。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it cannot be done as things are</comment>
            <translation>今の状態ではできません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>the disk is full</comment>
            <translation>ディスクに空きがありません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>another program uses it</comment>
            <translation>ほかのプログラムが使っています。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>the keyring is locked or missing</comment>
            <translation>キーリングがロックされているか、ありません。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>a file is damaged</comment>
            <translation>ファイルが壊れています。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>a file is of a newer version</comment>
            <translation>ファイルがこのプログラムより新しい版のものです。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it took too long</comment>
            <translation>時間がかかりすぎました。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>it was called off</comment>
            <translation>中止されました。 %1</translation>
        </message>
        <message>
            <source>%1</source>
            <comment>something unexpected happened</comment>
            <translation>予期しないことが起きました。 %1</translation>
        </message>
    </context>
</TS>
