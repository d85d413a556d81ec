<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>Texts</name>
        <message numerus="yes">
            <source>%n day(s)</source>
            <translation>
                <numerusform>%n day</numerusform>
                <numerusform>%n days</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n week(s) ago</source>
            <translation>
                <numerusform>%n week ago</numerusform>
                <numerusform>%n weeks ago</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>hashira::board::RejectedDialog</name>
        <message numerus="yes">
            <source>%n other change(s) wait for it.</source>
            <translation>
                <numerusform>%n other change waits for it.</numerusform>
                <numerusform>%n other changes wait for it.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>hashira::board::TaskActions</name>
        <message numerus="yes">
            <source>Move %n card(s)</source>
            <translation>
                <numerusform>Move %n card</numerusform>
                <numerusform>Move %n cards</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Move %n card(s) to %1</source>
            <translation>
                <numerusform>Move %n card to %1</numerusform>
                <numerusform>Move %n cards to %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Delete %n card(s)</source>
            <translation>
                <numerusform>Delete %n card</numerusform>
                <numerusform>Delete %n cards</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>hashira::board::Window</name>
        <message numerus="yes">
            <source>%n card(s) chosen</source>
            <translation>
                <numerusform>%n card chosen</numerusform>
                <numerusform>%n cards chosen</numerusform>
            </translation>
        </message>
    </context>
</TS>
