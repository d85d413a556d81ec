<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
    <context>
        <name>Acts</name>
        <message>
            <source>Card above</source>
            <translation>上のカード</translation>
        </message>
        <message>
            <source>Card below</source>
            <translation>下のカード</translation>
        </message>
        <message>
            <source>Column to the left</source>
            <translation>左の列</translation>
        </message>
        <message>
            <source>Column to the right</source>
            <translation>右の列</translation>
        </message>
        <message>
            <source>First card</source>
            <translation>最初のカード</translation>
        </message>
        <message>
            <source>Last card</source>
            <translation>最後のカード</translation>
        </message>
        <message>
            <source>Move the card up</source>
            <translation>カードを上へ移す</translation>
        </message>
        <message>
            <source>Move the card down</source>
            <translation>カードを下へ移す</translation>
        </message>
        <message>
            <source>Move it to the column on the left</source>
            <translation>左の列へ移す</translation>
        </message>
        <message>
            <source>Move it to the column on the right</source>
            <translation>右の列へ移す</translation>
        </message>
        <message>
            <source>Move it to the top</source>
            <translation>一番上へ移す</translation>
        </message>
        <message>
            <source>Move it to the end</source>
            <translation>一番下へ移す</translation>
        </message>
        <message>
            <source>To the backlog</source>
            <translation>バックログへ</translation>
        </message>
        <message>
            <source>To do</source>
            <translation>予定</translation>
        </message>
        <message>
            <source>Start: it is being done</source>
            <translation>始める（作業中へ）</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>完了</translation>
        </message>
        <message>
            <source>Add a task</source>
            <translation>タスクを追加</translation>
        </message>
        <message>
            <source>Edit it</source>
            <translation>編集</translation>
        </message>
        <message>
            <source>Delete it</source>
            <translation>削除</translation>
        </message>
        <message>
            <source>Undo your last change</source>
            <translation>自分の最後の変更を元に戻す</translation>
        </message>
        <message>
            <source>Do it again</source>
            <translation>やり直す</translation>
        </message>
        <message>
            <source>Search (#label finds labels)</source>
            <translation>検索（#ラベル でラベルを探す）</translation>
        </message>
        <message>
            <source>Show only some labels</source>
            <translation>ラベルで絞り込む</translation>
        </message>
        <message>
            <source>A week back</source>
            <translation>前の週</translation>
        </message>
        <message>
            <source>A week forward</source>
            <translation>次の週</translation>
        </message>
        <message>
            <source>This week</source>
            <translation>今週</translation>
        </message>
        <message>
            <source>Choose a week</source>
            <translation>週を選ぶ</translation>
        </message>
        <message>
            <source>Changes that were refused</source>
            <translation>拒否された変更</translation>
        </message>
        <message>
            <source>Sync now</source>
            <translation>今すぐ同期</translation>
        </message>
        <message>
            <source>All keys</source>
            <translation>キー一覧</translation>
        </message>
        <message>
            <source>Close the board</source>
            <translation>ボードを閉じる</translation>
        </message>
        <message>
            <source>Get around</source>
            <translation>移動</translation>
        </message>
        <message>
            <source>Move a card</source>
            <translation>カードを移す</translation>
        </message>
        <message>
            <source>Tasks</source>
            <translation>タスク</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>探す</translation>
        </message>
        <message>
            <source>Weeks</source>
            <translation>週</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>ウィンドウ</translation>
        </message>
        <message>
            <source>Back to the cards; there: choose one, show all</source>
            <translation>カードへ戻る。カードでは一枚だけを選び、次に全部を表示</translation>
        </message>
        <message>
            <source>Choose the card above too</source>
            <translation>上のカードも選ぶ</translation>
        </message>
        <message>
            <source>Choose the card below too</source>
            <translation>下のカードも選ぶ</translation>
        </message>
        <message>
            <source>Choose all up to the first</source>
            <translation>最初のカードまで選ぶ</translation>
        </message>
        <message>
            <source>Choose all down to the last</source>
            <translation>最後のカードまで選ぶ</translation>
        </message>
        <message>
            <source>Choose the whole column</source>
            <translation>列のカードをすべて選ぶ</translation>
        </message>
    </context>
    <context>
        <name>Texts</name>
        <message>
            <source>The program hashirad, which keeps the tasks, was not found beside hashira-board or in PATH. Install it, or start it by yourself.</source>
            <translation>タスクを保管するプログラム hashirad が、hashira-board のそばにも PATH にも見つかりません。インストールするか、自分で起動してください。</translation>
        </message>
        <message>
            <source>%1 could not be started.</source>
            <translation>%1 を起動できませんでした。</translation>
        </message>
        <message>
            <source>The name must not be empty.</source>
            <translation>名前は空にできません。</translation>
        </message>
        <message>
            <source>“%1” is no date. Understood are today, tomorrow, fri, next week, in 3 days, dec 1, 2026-12-01.</source>
            <translation>「%1」は日付ではありません。今日、明日、金曜日、来週、in 3 days、2026-12-01 などと書けます。</translation>
        </message>
        <message>
            <source>made %1</source>
            <translation>作成 %1</translation>
        </message>
        <message>
            <source>being done for %1</source>
            <translation>作業中 %1</translation>
        </message>
        <message>
            <source>done %1</source>
            <translation>完了 %1</translation>
        </message>
        <message>
            <source>today</source>
            <translation>今日</translation>
        </message>
        <message>
            <source>tomorrow</source>
            <translation>明日</translation>
        </message>
        <message>
            <source>yesterday</source>
            <translation>昨日</translation>
        </message>
        <message>
            <source>d MMM</source>
            <extracomment>A day of this year in few characters; see QLocale::toString</extracomment>
            <translation>M月d日</translation>
        </message>
        <message>
            <source>d MMM yyyy</source>
            <extracomment>A day of another year in few characters; see QLocale::toString</extracomment>
            <translation>yyyy年M月d日</translation>
        </message>
        <message>
            <source>Backlog</source>
            <translation>バックログ</translation>
        </message>
        <message>
            <source>To do</source>
            <translation>予定</translation>
        </message>
        <message>
            <source>Doing</source>
            <translation>作業中</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>完了</translation>
        </message>
        <message>
            <source>%1 min</source>
            <translation>%1分</translation>
        </message>
        <message>
            <source>%1 h</source>
            <translation>%1時間</translation>
        </message>
        <message>
            <source>%1 h %2 min</source>
            <translation>%1時間%2分</translation>
        </message>
        <message numerus="yes">
            <source>%n day(s)</source>
            <translation>
                <numerusform>%n日</numerusform>
            </translation>
        </message>
        <message>
            <source>overdue, was due %1</source>
            <translation>期限切れ、期限は%1</translation>
        </message>
        <message>
            <source>due %1</source>
            <translation>期限は%1</translation>
        </message>
        <message>
            <source>labels: %1</source>
            <translation>ラベル: %1</translation>
        </message>
        <message>
            <source>has a note</source>
            <translation>メモあり</translation>
        </message>
        <message>
            <source>not synced yet</source>
            <translation>未同期</translation>
        </message>
        <message>
            <source>d</source>
            <comment>day of the month</comment>
            <extracomment>The first day of a week; see QLocale::toString. The last one follows behind a dash.</extracomment>
            <translation>yyyy年M月d日</translation>
        </message>
        <message>
            <source>d MMMM</source>
            <translation>yyyy年M月d日</translation>
        </message>
        <message>
            <source>d MMMM yyyy</source>
            <extracomment>The last day of a week; see QLocale::toString</extracomment>
            <translation>M月d日</translation>
        </message>
        <message>
            <source>%1 – %2</source>
            <comment>first and last day of a week</comment>
            <translation>%1 〜 %2</translation>
        </message>
        <message>
            <source>This week</source>
            <translation>今週</translation>
        </message>
        <message>
            <source>Last week</source>
            <translation>先週</translation>
        </message>
        <message numerus="yes">
            <source>%n week(s) ago</source>
            <translation>
                <numerusform>%n週間前</numerusform>
            </translation>
        </message>
        <message>
            <source>next week</source>
            <translation>来週</translation>
        </message>
        <message>
            <source>next month</source>
            <translation>来月</translation>
        </message>
        <message>
            <source>ddd</source>
            <extracomment>A day of the week in few characters; see QLocale::toString</extracomment>
            <translation>dddd</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::Board</name>
        <message>
            <source>Done %1</source>
            <extracomment>The heading of what was done in a week that is not this one</extracomment>
            <translation>完了 %1</translation>
        </message>
        <message>
            <source>Nothing here matches</source>
            <translation>当てはまるものはありません</translation>
        </message>
        <message>
            <source>Ideas for later</source>
            <translation>いつかやること</translation>
        </message>
        <message>
            <source>What is next?</source>
            <translation>次は何をしますか</translation>
        </message>
        <message>
            <source>Nothing is being done</source>
            <translation>作業中のものはありません</translation>
        </message>
        <message>
            <source>Nothing was done yet</source>
            <translation>まだ完了したものはありません</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::ChangeQueue</name>
        <message>
            <source>There is nothing to undo</source>
            <translation>元に戻すものはありません</translation>
        </message>
        <message>
            <source>There is nothing to redo</source>
            <translation>やり直すものはありません</translation>
        </message>
        <message>
            <source>“%1” was changed elsewhere meanwhile and stays as it is</source>
            <translation>「%1」はその間に別の所で変更されたので、そのままにします</translation>
        </message>
        <message>
            <source>Your change is kept and sent as soon as the daemon is there</source>
            <translation>変更は保たれ、デーモンが戻りしだい送られます</translation>
        </message>
        <message>
            <source>Undone: %1</source>
            <translation>元に戻しました: %1</translation>
        </message>
        <message>
            <source>Done again: %1</source>
            <translation>やり直しました: %1</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::Column</name>
        <message>
            <source>Add a task (n)</source>
            <translation>タスクを追加 (n)</translation>
        </message>
        <message>
            <source>Add a task to %1</source>
            <translation>%1にタスクを追加</translation>
        </message>
        <message>
            <source>What is to be done?</source>
            <translation>何をしますか</translation>
        </message>
        <message>
            <source>Name of the new task in %1</source>
            <translation>%1の新しいタスクの名前</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <extracomment>How many cards are shown, of all that there are</extracomment>
            <translation>%2件中%1件</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::Editor</name>
        <message>
            <source>Edit task</source>
            <translation>タスクの編集</translation>
        </message>
        <message>
            <source>tomorrow, fri, in 3 days, dec 1, 2026-12-01</source>
            <translation>明日、金曜日、来週、2026-12-01</translation>
        </message>
        <message>
            <source>home, work</source>
            <translation>家, 仕事</translation>
        </message>
        <message>
            <source>&amp;Name</source>
            <translation>名前(&amp;N)</translation>
        </message>
        <message>
            <source>&amp;Due</source>
            <translation>期限(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Labels</source>
            <translation>ラベル(&amp;L)</translation>
        </message>
        <message>
            <source>N&amp;ote</source>
            <translation>メモ(&amp;O)</translation>
        </message>
        <message>
            <source>Take this</source>
            <translation>これにする</translation>
        </message>
        <message>
            <source>Elsewhere it was removed meanwhile.</source>
            <translation>その間に別の所で消されました。</translation>
        </message>
        <message>
            <source>Elsewhere it became: %1</source>
            <translation>別の所ではこうなりました: %1</translation>
        </message>
        <message>
            <source>no date yet</source>
            <translation>まだ日付ではありません</translation>
        </message>
        <message>
            <source>This task was deleted elsewhere. Saving brings it back.</source>
            <translation>このタスクは別の所で削除されました。保存すると元に戻ります。</translation>
        </message>
        <message>
            <source>This task was changed elsewhere meanwhile. What you typed is kept; saving sends only what you changed.</source>
            <translation>このタスクはその間に別の所で変更されました。入力はそのまま残り、保存すると変えた所だけが送られます。</translation>
        </message>
        <message>
            <source>This task was changed elsewhere meanwhile; what you see is up to date.</source>
            <translation>このタスクはその間に別の所で変更されました。表示は最新です。</translation>
        </message>
        <message>
            <source>Discard what you changed?</source>
            <translation>変更を破棄しますか</translation>
        </message>
        <message>
            <source>Commas separate labels. One with a comma in it stands in quotes: "home, garden"</source>
            <translation>ラベルはコンマで区切ります。コンマを含むラベルは引用符で囲みます: "home, garden"</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::HelpDialog</name>
        <message>
            <source>Keys of the board</source>
            <translation>ボードのキー</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::NoticeBar</name>
        <message>
            <source>Close this message</source>
            <translation>このお知らせを閉じる</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::RejectedDialog</name>
        <message>
            <source>Changes that were refused</source>
            <translation>拒否された変更</translation>
        </message>
        <message>
            <source>&amp;Send again</source>
            <translation>もう一度送る(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Give it up</source>
            <translation>あきらめる(&amp;G)</translation>
        </message>
        <message>
            <source>Asking the daemon…</source>
            <translation>デーモンに問い合わせています…</translation>
        </message>
        <message>
            <source>New: %1</source>
            <translation>新規: %1</translation>
        </message>
        <message>
            <source>Change of: %1</source>
            <translation>変更: %1</translation>
        </message>
        <message>
            <source>Deletion of: %1</source>
            <translation>削除: %1</translation>
        </message>
        <message>
            <source>Nothing is refused.</source>
            <translation>拒否されたものはありません。</translation>
        </message>
        <message>
            <source>The datastore did not accept these changes. They are kept here until you send them again or give them up.</source>
            <translation>データストアはこれらの変更を受け付けませんでした。もう一度送るかあきらめるまで、ここに残ります。</translation>
        </message>
        <message>
            <source>Why: %1</source>
            <translation>理由: %1</translation>
        </message>
        <message numerus="yes">
            <source>%n other change(s) wait for it.</source>
            <translation>
                <numerusform>ほかに%n件の変更がこれを待っています。</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>hashira::board::TaskActions</name>
        <message>
            <source>Add “%1”</source>
            <translation>「%1」を追加</translation>
        </message>
        <message>
            <source>Move “%1” to %2</source>
            <translation>「%1」を%2へ移動</translation>
        </message>
        <message>
            <source>Move “%1”</source>
            <translation>「%1」を移動</translation>
        </message>
        <message>
            <source>Edit “%1”</source>
            <translation>「%1」を編集</translation>
        </message>
        <message>
            <source>Delete “%1”</source>
            <translation>「%1」を削除</translation>
        </message>
        <message numerus="yes">
            <source>Move %n card(s)</source>
            <translation>
                <numerusform>%n 枚のカードの移動</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Move %n card(s) to %1</source>
            <translation>
                <numerusform>%n 枚のカードを「%1」へ移動</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Delete %n card(s)</source>
            <translation>
                <numerusform>%n 枚のカードの削除</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>hashira::board::TopBar</name>
        <message>
            <source>A week back</source>
            <translation>前の週</translation>
        </message>
        <message>
            <source>A week forward</source>
            <translation>次の週</translation>
        </message>
        <message>
            <source>Choose a week</source>
            <translation>週を選ぶ</translation>
        </message>
        <message>
            <source>Show only some labels</source>
            <translation>ラベルで絞り込む</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>メニュー</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>検索</translation>
        </message>
        <message>
            <source>Search the cards</source>
            <translation>カードを検索</translation>
        </message>
        <message>
            <source>Week: %1, %2. Choose another</source>
            <translation>週: %1、%2。別の週を選ぶ</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>ラベル</translation>
        </message>
        <message>
            <source>No card has a label</source>
            <translation>ラベルの付いたカードはありません</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::WeekPicker</name>
        <message>
            <source>Choose a week</source>
            <translation>週を選ぶ</translation>
        </message>
    </context>
    <context>
        <name>hashira::board::Window</name>
        <message>
            <source>Hashira</source>
            <translation>Hashira</translation>
        </message>
        <message>
            <source>“%1” could not be done.</source>
            <translation>「%1」はできませんでした。</translation>
        </message>
        <message>
            <source>Something is wrong.</source>
            <translation>問題があります。</translation>
        </message>
        <message>
            <source>The daemon is not running.</source>
            <translation>デーモンが動いていません。</translation>
        </message>
        <message>
            <source>Changes wait until it is there again.</source>
            <translation>変更は、戻るまで待ちます。</translation>
        </message>
        <message>
            <source>Start it</source>
            <translation>起動する</translation>
        </message>
        <message>
            <source>It could not be started.</source>
            <translation>起動できませんでした。</translation>
        </message>
        <message>
            <source>There is no daemon to talk to.</source>
            <translation>話す相手のデーモンがありません。</translation>
        </message>
        <message>
            <source>Starting Hashira…</source>
            <translation>Hashira を起動しています…</translation>
        </message>
        <message>
            <source>Waiting for the daemon</source>
            <translation>デーモンを待っています</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>接続しています…</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>表示</translation>
        </message>
        <message>
            <source>Try again now</source>
            <translation>今すぐ再試行</translation>
        </message>
        <message>
            <source>About Hashira</source>
            <translation>Hashira について</translation>
        </message>
        <message>
            <source>Synced</source>
            <translation>同期しました</translation>
        </message>
        <message>
            <source>Hashira %1</source>
            <translation>Hashira %1</translation>
        </message>
        <message>
            <source>The tasks of the day, on this machine first.</source>
            <translation>今日のタスクを、まずこのパソコンに。</translation>
        </message>
        <message numerus="yes">
            <source>%n card(s) chosen</source>
            <translation>
                <numerusform>%n 枚のカードを選択中</numerusform>
            </translation>
        </message>
    </context>
</TS>
